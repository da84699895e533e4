interface Identified {
  readonly id: string;
}

/** The id one row down (1) or up (-1) from the selected one; stays at the ends; the first row where none is selected. */
export function moveSelection(rows: readonly Identified[], selected: string, by: 1 | -1): string | undefined {
  const index = rows.findIndex(({ id }) => id === selected);
  if (index === -1) return rows[0]?.id;
  return rows[Math.min(rows.length - 1, Math.max(0, index + by))]?.id;
}

/**
 * What to read after a ticket is decided: the one below it, else the one above it; undefined where it was the only one.
 * `remembered` is what that was while the ticket was still in the list: it may have left before its decision is known.
 */
export function selectionAfter(rows: readonly Identified[], decided: string, remembered?: string): string | undefined {
  if (rows.every(({ id }) => id !== decided) && rows.some(({ id }) => id === remembered)) return remembered;
  const index = rows.findIndex(({ id }) => id === decided);
  const others = rows.filter(({ id }) => id !== decided);
  return others[Math.min(Math.max(index, 0), others.length - 1)]?.id;
}
