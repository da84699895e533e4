/** A list with one more page at its end; rows that moved onto that page meanwhile stay where they were first seen. */
export function appendPage<Item>(
  items: readonly Item[],
  page: readonly Item[],
  idOf: (item: Item) => string,
): readonly Item[] {
  const known = new Set(items.map(idOf));
  return [...items, ...page.filter((item) => !known.has(idOf(item)))];
}

/**
 * A long list of which only the first rows were asked for again: those as they are now, then what lay behind the last
 * of them before. No row is there twice.
 */
export function mergeRefreshed<Item>(
  before: readonly Item[],
  fresh: readonly Item[],
  idOf: (item: Item) => string,
): readonly Item[] {
  const freshIds = new Set(fresh.map(idOf));
  const lastKnown = before.findLastIndex((item) => freshIds.has(idOf(item)));
  const behind = lastKnown === -1 ? before.slice(fresh.length) : before.slice(lastKnown + 1);
  return [...fresh, ...behind];
}
