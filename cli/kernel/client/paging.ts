import type { HttpClient, Query } from './http.ts';

/** One page of a list, as the API answers it. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly next: string | null;
}

/** Largest page that the API gives. */
const pageSize = 500;

/** A list in order, page after page, up to `limit` rows. */
export async function* eachRow<T>(
  http: HttpClient,
  path: string,
  options: { query?: Query; limit?: number | undefined } = {},
): AsyncGenerator<T> {
  let left = options.limit ?? Infinity;
  let cursor: string | undefined;
  while (left > 0) {
    const page: Page<T> = await http.json('GET', path, {
      query: { ...options.query, limit: Math.min(left, pageSize), cursor },
    });
    for (const row of page.items.slice(0, left)) yield row;
    left -= page.items.length;
    if (page.next === null) return;
    cursor = page.next;
  }
}

/** All rows of {@link eachRow}. */
export async function allRows<T>(
  http: HttpClient,
  path: string,
  options: { query?: Query; limit?: number | undefined } = {},
): Promise<T[]> {
  const rows: T[] = [];
  for await (const row of eachRow<T>(http, path, options)) rows.push(row);
  return rows;
}
