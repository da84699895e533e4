import { describe, expect, it } from 'vitest';
import { formatDuration, localTime, relativeTime, utcTime } from './format-time.ts';

const seconds = 1_000;
const at = new Date('2026-11-21T08:05:09.400Z');

describe('a length of time', () => {
  it.each([
    [0, '0ms'],
    [340, '340ms'],
    [999.6, '1000ms'],
    [1_400, '1.4s'],
    [59_999, '59s'],
    [63 * seconds, '1m 3s'],
    [7_503 * seconds, '2h 5m'],
    [90_061 * seconds, '1d 1h'],
    [-5, '0ms'],
  ])('of %d ms is %s', (ms, words) => {
    expect(formatDuration(ms)).toBe(words);
  });
});

describe('a time', () => {
  it('in UTC says so', () => {
    expect(utcTime(at)).toBe('2026-11-21 08:05:09 UTC');
  });

  it('of this place has the parts of the local clock', () => {
    expect(localTime(new Date(2026, 0, 2, 3, 4, 5))).toBe('2026-01-02 03:04:05');
  });

  it.each([
    [2, 'now'],
    [42, '42 sec ago'],
    [119, '1 min ago'],
    [7_300, '2 hr ago'],
    [-7_300, 'in 2 hr'],
    [86_400, 'yesterday'],
  ])('%d seconds after it is said as %s', (after, words) => {
    expect(relativeTime(at, at.getTime() + after * seconds, 'en-GB')).toBe(words);
  });

  it('is said in Chinese where that is spoken', () => {
    expect(relativeTime(at, at.getTime() + 300 * seconds, 'zh-CN')).toBe('5分钟前');
  });
});
