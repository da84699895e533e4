import type { ChosenHost } from './draft.ts';

/** The chosen hosts with others behind them, each name once, in the order of first mention. */
export function withHosts(chosen: readonly ChosenHost[], added: readonly ChosenHost[]): readonly ChosenHost[] {
  const names = new Set(chosen.map(({ name }) => name));
  const fresh: ChosenHost[] = [];
  for (const host of added) {
    if (names.has(host.name)) continue;
    names.add(host.name);
    fresh.push(host);
  }
  return [...chosen, ...fresh];
}
