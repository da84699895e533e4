import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { parseInstant } from './instant.ts';

const read = (text: string) => {
  const { at, fault } = parseInstant(text);
  return at === undefined ? fault.code : at.toISOString();
};

beforeEach(() => void vi.stubEnv('TZ', 'Europe/Berlin'));
afterEach(() => void vi.unstubAllEnvs());

describe('a time', () => {
  it.each([
    ['2026-11-21T22:00:00Z', '2026-11-21T22:00:00.000Z'],
    ['2026-11-21T22:00:00.1239z', '2026-11-21T22:00:00.123Z'],
    ['2026-11-21T22:00+05:30', '2026-11-21T16:30:00.000Z'],
    ['2026-01-01T00:00-01:00', '2026-01-01T01:00:00.000Z'],
    [' 2024-02-29T12:00Z ', '2024-02-29T12:00:00.000Z'],
    ['2000-02-29T12:00Z', '2000-02-29T12:00:00.000Z'],
    ['0099-12-31T23:59Z', '0099-12-31T23:59:00.000Z'],
    ['2026-11-21T22:00', '2026-11-21T21:00:00.000Z'],
    ['2026-11-21', '2026-11-20T23:00:00.000Z'],
    ['2026-07-21T22:00:30', '2026-07-21T20:00:30.000Z'],
  ])('%s is %s', (text, moment) => {
    expect(read(text)).toBe(moment);
  });

  it.each(['', 'tomorrow', '22:00', '21.11.2026 22:00', '2026-11-21T22', '2026-11-21 22:00', '2026-1-1T1:00'])(
    'is not %j',
    (text) => {
      expect(read(text)).toBe('not-a-time');
    },
  );

  it.each([
    ...['2026-02-30T10:00Z', '2026-02-29T10:00Z', '2100-02-29T10:00Z', '2026-04-31T10:00Z', '2026-00-10T10:00Z'],
    ...['2026-13-01T10:00Z', '2026-01-00T10:00Z', '2026-01-32T10:00Z', '2026-01-01T24:00Z', '2026-01-01T10:60Z'],
    ...['2026-06-30T23:59:60Z', '2026-01-01T10:00+24:00', '2026-02-30T10:00', '2026-02-30T10:00+01:00'],
  ])('does not exist: %s', (text) => {
    expect(read(text)).toBe('no-such-date');
  });

  it('is not within the hour that daylight saving skips here', () => {
    expect(read('2026-03-29T01:59')).toBe('2026-03-29T00:59:00.000Z');
    expect(read('2026-03-29T02:00')).toBe('skipped-hour');
    expect(read('2026-03-29T02:59:59')).toBe('skipped-hour');
    expect(read('2026-03-29T03:00')).toBe('2026-03-29T01:00:00.000Z');
    expect(read('2026-03-29T02:30Z')).toBe('2026-03-29T02:30:00.000Z');
  });

  it('is the first of the two that daylight saving makes', () => {
    expect(read('2026-10-25T02:30')).toBe('2026-10-25T00:30:00.000Z');
  });

  it('is not on a day that a zone skips', () => {
    vi.stubEnv('TZ', 'Pacific/Apia');
    expect(read('2011-12-30T12:00')).toBe('skipped-hour');
  });
});
