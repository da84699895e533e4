import { describe, expect, it } from 'vitest';
import { createAttempts, newIdempotencyKey } from './attempt.ts';

const counting = () => {
  let count = 0;
  return createAttempts(() => `key-${(count += 1)}`);
};

describe('one key per attempt', () => {
  it('keeps the key while no answer came', () => {
    const attempts = counting();
    expect(attempts.keyFor({ message: 'ok' })).toBe('key-1');
    attempts.ended({ status: 0, isTemporary: true });
    expect(attempts.keyFor({ message: 'ok' })).toBe('key-1');
    attempts.ended({ status: 500, isTemporary: false });
    expect(attempts.keyFor({ message: 'ok' })).toBe('key-1');
  });

  it('takes another one for another request, and after an answer', () => {
    const attempts = counting();
    attempts.keyFor({ message: 'ok' });
    expect(attempts.keyFor({ message: 'better' })).toBe('key-2');
    attempts.ended({ status: 409, isTemporary: false });
    expect(attempts.keyFor({ message: 'better' })).toBe('key-3');
    attempts.ended();
    expect(attempts.keyFor({ message: 'better' })).toBe('key-4');
  });

  it('makes keys that the api takes', () => {
    expect(newIdempotencyKey()).toMatch(/^[0-9a-f]{32}$/);
    expect(newIdempotencyKey()).not.toBe(newIdempotencyKey());
  });
});
