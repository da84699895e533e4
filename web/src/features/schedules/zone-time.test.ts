import { describe, expect, it } from 'vitest';
import { dayInZone, knownZones, timeInZone } from './zone-time.ts';

describe('a time in a zone', () => {
  const before = new Date('2026-10-25T00:30:00Z');
  const after = new Date('2026-10-25T01:30:00Z');

  it('is what clocks there show, an hour that they show twice included', () => {
    expect([before, after].map((at) => timeInZone(at, 'Europe/Berlin'))).toEqual([
      '2026-10-25 02:30',
      '2026-10-25 02:30',
    ]);
    expect([before, after].map((at) => dayInZone(at, 'Europe/Berlin', 'en-GB').offset)).toEqual(['GMT+2', 'GMT+1']);
    expect(timeInZone(new Date('2026-12-01T00:00:00Z'), 'UTC')).toBe('2026-12-01 00:00');
    expect(timeInZone(new Date('2026-12-31T20:00:00Z'), 'Asia/Shanghai')).toBe('2027-01-01 04:00');
  });

  it('has a day in the language of the reader', () => {
    expect(dayInZone(before, 'Asia/Shanghai', 'en-GB').day).toBe('Sun');
    expect(dayInZone(before, 'Asia/Shanghai', 'zh-CN').day).toBe('周日');
  });

  it('is none where there is no such zone', () => {
    expect(timeInZone(before, 'Europe/Atlantis')).toBeUndefined();
  });

  it('can be in UTC', () => expect(knownZones()).toContain('UTC'));
});
