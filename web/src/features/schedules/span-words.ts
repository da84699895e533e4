import { intlLocale } from '#web/lib/i18n/index.svelte.ts';

const units = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1_000],
] as const;

/** A length of time in words: `10 minutes`, `1 hour, 30 minutes`; `10分钟`. */
export function spanWords(ms: number): string {
  const locale = intlLocale();
  let rest = ms;
  const parts = units.flatMap(([unit, size]) => {
    const amount = Math.floor(rest / size);
    rest -= amount * size;
    if (amount === 0) return [];
    return [new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'long' }).format(amount)];
  });
  return new Intl.ListFormat(locale, { type: 'unit' }).format(parts);
}
