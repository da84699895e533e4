import { describe, expect, it } from 'vitest';
import { maxAttempts, parseRetryAfter, retryDelayMs } from './retry-delay.ts';

const hour = 3_600_000;

describe('retryDelayMs', () => {
  it('doubles from 5 s, spread over as much again, to an hour at most, and ends', () => {
    const least = Array.from({ length: maxAttempts }, (_, index) => retryDelayMs(index + 1, { random: () => 0 }));
    expect(least).toEqual([5, 10, 20, 40, 80, 160, 320, 640, 1280].map((it) => it * 1000).concat(undefined as never));
    expect(retryDelayMs(1, { random: () => 0.999 })).toBe(9995);
    for (let attempt = 1; attempt < maxAttempts; attempt += 1) {
      const delay = retryDelayMs(attempt) ?? 0;
      expect(delay).toBeGreaterThanOrEqual(5_000);
      expect(delay).toBeLessThanOrEqual(hour);
    }
  });

  it('waits as long as it was asked to, an hour at most, and never shorter than its own turn', () => {
    const asked = (askedMs: number, attempt = 1) => retryDelayMs(attempt, { askedMs, random: () => 0.5 });
    expect(asked(120_000)).toBe(126_000);
    expect(asked(24 * hour)).toBe(hour);
    expect(asked(1_000)).toBe(7_500);
    expect(asked(1_000, maxAttempts)).toBeUndefined();
  });
});

describe('parseRetryAfter', () => {
  const now = new Date('2026-11-21T10:00:00Z');
  it.each([
    ['120', 120_000],
    ['0', 0],
    ['Sat, 21 Nov 2026 10:00:30 GMT', 30_000],
    ['Sat, 21 Nov 2026 09:00:00 GMT', 0],
    ['-5', undefined],
    ['1.5', undefined],
    ['soon', undefined],
    ['Sat, nonsense', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('%s', (header, expected) => expect(parseRetryAfter(header, now)).toBe(expected));
});
