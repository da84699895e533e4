/** A source of chance that a seed repeats. */
export interface Chance {
  readonly seed: number;
  /** 0 ≤ x < 1. */
  next(): number;
  /** A whole number, both ends included. */
  between(least: number, most: number): number;
  pick<T>(list: readonly T[]): T;
  shuffle<T>(list: readonly T[]): T[];
}

/**
 * Chance of a test: seeded by SIGNALBOX_SEED or the clock, and printed, so that a bad run can be looked at again.
 * mulberry32 (public domain, T. Ettinger).
 */
export function seededChance(label: string, fixed?: number): Chance {
  const given = Number(process.env['SIGNALBOX_SEED'] ?? '');
  const seed = fixed ?? (Number.isInteger(given) && given > 0 ? given : Date.now() % 1_000_000);
  console.info(`${label}: seed ${seed} (SIGNALBOX_SEED=${seed} repeats it)`);
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
  const between = (least: number, most: number) => least + Math.floor(next() * (most - least + 1));
  const pick = <T>(list: readonly T[]): T => {
    const one = list[between(0, list.length - 1)];
    if (one === undefined) throw new Error('nothing to pick from');
    return one;
  };
  return {
    seed,
    next,
    between,
    pick,
    shuffle(list) {
      const rest = [...list];
      return list.map(() => {
        const [one] = rest.splice(between(0, rest.length - 1), 1);
        return one as (typeof rest)[number];
      });
    },
  };
}
