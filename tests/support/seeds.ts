import { chosenBy, commitOf } from '#tools/testing/commit-choice.ts';
import { isNight } from '#tools/testing/night.ts';
import { checkout } from './platform.ts';

/**
 * The seeds that a test goes through, in order: in the night all, in the gate those that it names, and one of the others
 * chosen by the commit's id. SIGNALBOX_SEED names one to go through instead, SIGNALBOX_SEEDS so many from there (or 1) on.
 */
export function seedsOfThisRun(what: string, seeds: { gate: readonly number[]; all: readonly number[] }): number[] {
  const { SIGNALBOX_SEEDS: count, SIGNALBOX_SEED: first } = process.env;
  if (count !== undefined || first !== undefined) {
    return Array.from({ length: Number(count ?? 1) }, (_, n) => Number(first ?? 1) + n);
  }
  if (isNight()) return [...seeds.all];
  const others = seeds.all.filter((seed) => !seeds.gate.includes(seed));
  const chosen = chosenBy(commitOf(checkout), what, others);
  console.info(`${what}: ${seeds.gate.length} of ${seeds.all.length} seeds, and ${chosen}, chosen by the commit's id`);
  return [...seeds.gate, ...(chosen === undefined ? [] : [chosen])].toSorted((a, b) => a - b);
}
