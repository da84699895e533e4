import { expect, it } from 'vitest';
import { isWebhookName, isWebhookUrl } from './webhook-form.ts';

it('takes the names that the api takes', () => {
  expect(['a', 'chat-ops', '0.x_y', 'a'.repeat(63)].every(isWebhookName)).toBe(true);
  expect(['', 'Chat', '-a', 'a b', 'a'.repeat(64)].some(isWebhookName)).toBe(false);
});

it('takes whole http and https addresses', () => {
  expect(['https://x.example/hook?a=b', 'http://10.0.0.1:8080'].every(isWebhookUrl)).toBe(true);
  expect(['', 'x.example', '/hook', 'ftp://x.example', 'javascript:alert(1)'].some(isWebhookUrl)).toBe(false);
});
