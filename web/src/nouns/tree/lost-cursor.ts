import type { TreeRow } from './tree-rows.ts';

/** The row that had the cursor, and where it was. */
export interface CursorPlace {
  readonly key: string;
  readonly level: string;
  readonly index: number;
}

/**
 * Where the cursor goes when its row is gone: to its parent where that was closed, else to what now stands in its place
 * (the first child that was loading, the node after one that was deleted).
 */
export function cursorAfterLoss(rows: readonly TreeRow[], lost: CursorPlace): string | undefined {
  const parent = rows.find((row) => row.key === lost.level);
  if (parent?.is === 'node' && !parent.expanded) return parent.key;
  return rows[Math.min(lost.index, rows.length - 1)]?.key;
}
