import { describe, expect, it } from 'vitest';
import { cronFault, cronSchema, zoneSchema } from './cron.ts';

describe('a cron expression', () => {
  it.each(['* * * * *', '*/5 0-6,22 * * *', '30 3 * * MON-FRI', '0 0 1 JAN *', '0 0 29 2 *', '0 12 * * 7'])(
    'may be %s',
    (text) => expect(cronFault(text)).toBeUndefined(),
  );

  it.each([
    ['', 'not-a-cron'],
    ['* * * *', 'not-a-cron'],
    ['* * * * * *', 'not-a-cron'],
    ['@daily', 'not-a-cron'],
    ['60 * * * *', 'not-a-cron'],
    ['* 24 * * *', 'not-a-cron'],
    ['* * 0 * *', 'not-a-cron'],
    ['* * L * *', 'not-a-cron'],
    ['* * ? * 1', 'not-a-cron'],
    ['5-1 * * * *', 'not-a-cron'],
    ['*/0 * * * *', 'not-a-cron'],
    ['0 */25 * * *', 'not-a-cron'],
    ['0 0 13 * FRI', 'cron-both-days'],
    ['0 0 30 2 *', 'cron-never'],
    ['0 0 31 4,6 *', 'cron-never'],
  ])('%j is refused: %s', (text, code) => expect(cronFault(text)?.code).toBe(code));

  it('is kept in one form', () => {
    expect(cronSchema.parse('  0  3 * *  mon ')).toBe('0 3 * * MON');
  });
});

describe('a zone', () => {
  it.each(['UTC', 'Europe/Berlin', 'Asia/Shanghai', 'America/Argentina/Buenos_Aires'])('may be %s', (zone) =>
    expect(zoneSchema.safeParse(zone).success).toBe(true),
  );
  it.each(['', 'CST', '+08:00', 'Europe/Atlantis', 'local'])('%j is none', (zone) =>
    expect(zoneSchema.safeParse(zone).success).toBe(false),
  );
});
