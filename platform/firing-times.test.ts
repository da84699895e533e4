import { describe, expect, it } from 'vitest';
import { firingTimes } from './firing-times.ts';

const times = (cron: string, zone: string, after: string, count = 3) =>
  firingTimes({ cron, zone }, { after: new Date(after), count }).map((at) => at.toISOString());

describe('the next firings', () => {
  it('are in the time of the zone', () => {
    expect(times('30 3 * * *', 'Asia/Shanghai', '2026-12-01T00:00:00Z', 2)).toEqual([
      '2026-12-01T19:30:00.000Z',
      '2026-12-02T19:30:00.000Z',
    ]);
  });

  it('end where no more come in time', () => {
    const until = new Date('2026-12-01T03:00:00Z');
    const after = new Date('2026-12-01T00:30:00Z');
    const found = firingTimes({ cron: '0 * * * *', zone: 'UTC' }, { after, until, count: 9 });
    expect(found.map((at) => at.toISOString())).toEqual([
      '2026-12-01T01:00:00.000Z',
      '2026-12-01T02:00:00.000Z',
      '2026-12-01T03:00:00.000Z',
    ]);
  });
});
