import { describe, expect, it } from 'vitest';
import { newUserNameSchema, userNameSchema } from './user.ts';

describe('the name of a new user', () => {
  it.each(['alice', 'Me2', 'system-1', 'owner', 'admin', 'all.in'])('may be %s', (name) => {
    expect(newUserNameSchema.safeParse(name).success).toBe(true);
  });

  it.each([
    'system',
    'System',
    'me',
    'OWNERS',
    'signalbox',
    'anonymous',
    'nobody',
    '0190F0a1-0000-7000-8000-000000000000',
  ])('may not be %s, which an older one may have', (name) => {
    const reason = { code: 'reserved-name', params: { name } };
    expect(newUserNameSchema.safeParse(name).error?.issues).toMatchObject([{ params: { reason } }]);
    expect(userNameSchema.safeParse(name).success).toBe(true);
  });

  it.each(['', 'a', 'a b', '-a', '用户', 'x'.repeat(64)])('has letters and digits of ASCII: not %j', (name) => {
    expect(newUserNameSchema.safeParse(name).success).toBe(false);
  });
});
