import { Problem } from '#domain/errors.ts';
import { because } from '#domain/reasons.ts';

/** A page and the cursor of the next one. */
export interface Page<Item> {
  readonly items: Item[];
  readonly next: string | null;
}

/** Makes a page of rows of which one more was read than is shown; `key` is where the next page starts after. */
export function pageFrom<Row, Item>(
  rows: readonly Row[],
  limit: number,
  key: (row: Row) => readonly (string | number)[],
  show: (row: Row) => Item,
): Page<Item> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const next = rows.length > limit && last !== undefined ? encodeCursor(key(last)) : null;
  return { items: shown.map(show), next };
}

function encodeCursor(key: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify(key)).toString('base64url');
}

/** The key in a cursor, which has to have as many parts as `shape`, each matching; undefined without a cursor. */
export function readCursor<const Shape extends readonly RegExp[]>(
  cursor: string | undefined,
  shape: Shape,
): { [Part in keyof Shape]: string } | undefined {
  if (cursor === undefined) return undefined;
  try {
    const key: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    if (Array.isArray(key) && key.length === shape.length) {
      const parts = key.map(String);
      if (parts.every((part, index) => shape[index]?.test(part) === true && !part.includes('\0'))) {
        return parts as { [Part in keyof Shape]: string };
      }
    }
  } catch {
    // Falls through: not one of ours.
  }
  throw Problem.field('cursor', because('not-a-cursor'));
}

/** Parts of cursors. */
export const cursorPart = {
  text: /^[^]{0,300}$/,
  number: /^\d{1,18}$/,
  time: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/,
  uuid: /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/,
  idPath: /^\d{1,18}(\.\d{1,18}){0,31}$/,
} as const;
