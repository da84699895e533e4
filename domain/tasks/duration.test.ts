import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseDuration } from './duration.ts';

describe('parseDuration', () => {
  it.each([
    ['250ms', 250],
    ['30s', 30_000],
    ['5m', 300_000],
    ['1h30m', 5_400_000],
    ['2d', 172_800_000],
    ['1m500ms', 60_500],
  ])('%s is %i ms', (text, ms) => expect(parseDuration(text)).toBe(ms));

  it.each(['', '0s', '30', 's', '-5s', '1.5h', ' 5s', '5s ', '5 s', '5S', '1h-5m', '99999999999999999999d', '５s'])(
    'refuses %j',
    (text) => expect(parseDuration(text)).toBeUndefined(),
  );

  it('adds its parts, and gives a positive number of milliseconds or nothing', () => {
    const part = fc.tuple(fc.integer({ min: 1, max: 1_000 }), fc.constantFrom('ms', 's', 'm', 'h', 'd'));
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 5 }), (parts) => {
        const sum = parts.reduce((total, [amount, unit]) => total + (parseDuration(`${amount}${unit}`) ?? NaN), 0);
        expect(parseDuration(parts.map(([amount, unit]) => `${amount}${unit}`).join(''))).toBe(sum);
      }),
    );
    fc.assert(
      fc.property(fc.string(), (text) => {
        const ms = parseDuration(text);
        expect(ms === undefined || (Number.isSafeInteger(ms) && ms > 0)).toBe(true);
      }),
    );
  });
});
