import type { TreeRow } from './tree-rows.ts';

/** What a key asks of the tree; `focus` is the row that has the cursor afterwards. */
export type TreeMove =
  | { readonly does: 'focus'; readonly key: string }
  | { readonly does: 'expand' | 'collapse' | 'open' | 'rename' | 'delete' | 'menu'; readonly key: string };

/** Rows that one PageUp or PageDown passes. */
const pageRows = 10;

/**
 * What a key does on the row with the cursor, after the tree pattern of the ARIA practices; undefined where the key is
 * not the tree's. A tree without a cursor starts at its first row.
 */
export function keyMove(
  rows: readonly TreeRow[],
  current: string | undefined,
  pressed: { readonly key: string; readonly shiftKey?: boolean },
): TreeMove | undefined {
  const index = Math.max(
    0,
    rows.findIndex((row) => row.key === current),
  );
  const row = rows[index];
  if (row === undefined) return undefined;
  const focusAt = (wanted: number): TreeMove | undefined => {
    const target = rows[Math.min(rows.length - 1, Math.max(0, wanted))];
    return target === undefined ? undefined : { does: 'focus', key: target.key };
  };
  switch (pressed.key) {
    case 'ArrowDown':
      return focusAt(index + 1);
    case 'ArrowUp':
      return focusAt(index - 1);
    case 'PageDown':
      return focusAt(index + pageRows);
    case 'PageUp':
      return focusAt(index - pageRows);
    case 'Home':
      return focusAt(0);
    case 'End':
      return focusAt(rows.length - 1);
    case 'ArrowRight':
      if (row.is !== 'node' || !row.expandable) return undefined;
      return row.expanded ? focusAt(index + 1) : { does: 'expand', key: row.key };
    case 'ArrowLeft': {
      if (row.is === 'node' && row.expanded) return { does: 'collapse', key: row.key };
      const parent = rows.find((above) => above.key === row.level);
      return parent === undefined ? undefined : { does: 'focus', key: parent.key };
    }
    case 'Enter':
    case ' ':
      return { does: 'open', key: row.key };
    case 'F2':
      return row.is === 'node' ? { does: 'rename', key: row.key } : undefined;
    case 'Delete':
      return row.is === 'node' ? { does: 'delete', key: row.key } : undefined;
    case 'ContextMenu':
      return row.is === 'node' ? { does: 'menu', key: row.key } : undefined;
    case 'F10':
      return pressed.shiftKey === true && row.is === 'node' ? { does: 'menu', key: row.key } : undefined;
    default:
      return undefined;
  }
}

/** Whether a key is part of a name that somebody types to jump to it. */
export function isTypeAhead(key: string): boolean {
  return /^[\p{L}\p{N}_-]$/u.test(key);
}

/**
 * The row whose name begins with what was typed, looked for from the cursor on and around. One letter, or the same one
 * again, goes on to the next such row; more letters may stay where they are.
 */
export function typeAhead(rows: readonly TreeRow[], current: string | undefined, typed: string): string | undefined {
  const letters = [...typed.toLowerCase()];
  const repeated = letters.every((letter) => letter === letters[0]);
  const wanted = repeated ? (letters[0] ?? '') : letters.join('');
  const index = rows.findIndex((row) => row.key === current);
  const from = repeated ? index + 1 : Math.max(0, index);
  const around = [...rows.slice(from), ...rows.slice(0, from)];
  return around.find((row) => row.is === 'node' && row.node.name.toLowerCase().startsWith(wanted))?.key;
}
