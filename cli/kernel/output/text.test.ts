import { describe, expect, it } from 'vitest';
import { duration, localTime, terminalText } from './text.ts';

describe('text for people', () => {
  it('keeps the colours of a script and drops what moves the cursor', () => {
    expect(terminalText('\u001b[31mred\u001b[0m\r\n\u001b[2J\u001b]0;x\u0007\tend\u0000\n')).toBe(
      '\u001b[31mred\u001b[0m\n\tend\n',
    );
  });

  it('says durations in the unit that fits', () => {
    expect([null, 0, 999, 1000, 61_000, 3_660_000].map((ms) => duration(ms))).toEqual([
      '-',
      '0 ms',
      '999 ms',
      '1.0 s',
      '1 min 1 s',
      '1 h 1 min',
    ]);
  });

  it('shows times as local ones', () => {
    const at = new Date(2026, 10, 21, 9, 5, 7);
    expect(localTime(at.toISOString())).toBe('2026-11-21 09:05:07');
    expect(localTime(null)).toBe('-');
  });
});
