import { describe, expect, it } from 'vitest';
import { nextPath } from './next-path.ts';

const origin = 'https://ops.example';

describe('the way after signing in', () => {
  it('leads to the page that was asked for', () => {
    expect(nextPath('/tasks/1?host=a&q=%E4%B8%AD#L7', origin)).toBe('/tasks/1?host=a&q=%E4%B8%AD#L7');
  });

  it.each([
    null,
    '',
    'https://evil.example/',
    '//evil.example',
    '/\\evil.example',
    '\\\\evil.example',
    'javascript:alert(1)',
  ])('never leads to another site: %s', (asked) => expect(nextPath(asked, origin)).toBe('/'));

  it('never leads back to sign-in, nor to an answer of the api', () => {
    expect(nextPath('/sign-in?next=/sign-in', origin)).toBe('/');
    expect(nextPath('/api/v1/whoami', origin)).toBe('/');
  });
});
