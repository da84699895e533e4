import type { Page } from '#web/lib/api/http.ts';
import type { HostRun } from '#web/nouns/tasks/client.ts';

/** Rows whose place in the hand-out is above `after` and at most `upTo`, as the api gave them for `cursor`. */
export interface HostPage {
  readonly cursor: string | undefined;
  readonly after: number;
  readonly upTo: number;
  readonly rows: readonly HostRun[];
  /** Something has happened since it was loaded. */
  readonly stale: boolean;
}

/** The loaded beginning of a list of hosts, page by page without a hole. `next` is null where all is loaded. */
export interface HostPages {
  readonly pages: readonly HostPage[];
  readonly next: string | null;
}

export const noHostPages: HostPages = { pages: [], next: null };

export function hostRows(list: HostPages): HostRun[] {
  return list.pages.flatMap((page) => page.rows);
}

/** The list with one page more at its end. */
export function withNextPage(list: HostPages, cursor: string | undefined, answer: Page<HostRun>): HostPages {
  const after = list.pages.at(-1)?.upTo ?? -1;
  const upTo = answer.next === null ? Infinity : (answer.items.at(-1)?.ord ?? after);
  return { pages: [...list.pages, { cursor, after, upTo, rows: answer.items, stale: false }], next: answer.next };
}

/**
 * The list with the rows of one page as they are now. `rows` reach at least to the page's end, and `more` says what
 * follows them. Rows that have left the filter go, rows that have come into it appear; no row is there twice, and none of
 * another page changes. The last page ends where `rows` end.
 */
export function withFreshPage(
  list: HostPages,
  index: number,
  rows: readonly HostRun[],
  more: string | null,
): HostPages {
  const page = list.pages[index];
  if (page === undefined) return list;
  const isLast = index === list.pages.length - 1;
  if (!isLast)
    return replaced(
      list,
      index,
      { ...page, rows: rows.filter((run) => run.ord <= page.upTo), stale: false },
      list.next,
    );
  const upTo = more === null ? Infinity : (rows.at(-1)?.ord ?? page.after);
  return replaced(list, index, { ...page, upTo, rows, stale: false }, more);
}

function replaced(list: HostPages, index: number, page: HostPage, next: string | null): HostPages {
  return { pages: list.pages.with(index, page), next };
}

/** Whether an answer for a page reaches its end, so that no further one is needed to refresh it. */
export function coversPage(list: HostPages, index: number, rows: readonly HostRun[], more: string | null): boolean {
  if (more === null || index === list.pages.length - 1) return true;
  return (rows.at(-1)?.ord ?? -1) >= (list.pages[index]?.upTo ?? 0);
}

/** The list after something happened to its task: every page has to be loaded again before it is looked at. */
export function withAllStale(list: HostPages): HostPages {
  return { ...list, pages: list.pages.map((page) => ({ ...page, stale: true })) };
}

/**
 * The stale pages to load again now: those that hold the rows `first` to `last` that are in view, and the last one where
 * it is not full, since a host may have come into the filter at its end.
 */
export function pagesToRefresh(list: HostPages, first: number, last: number, pageSize: number): number[] {
  let start = 0;
  return list.pages.flatMap(({ rows, stale }, index) => {
    const end = start + rows.length;
    const isSeen = start <= last && end > first;
    const mayGrow = index === list.pages.length - 1 && list.next === null && rows.length < pageSize;
    start = end;
    return stale && (isSeen || mayGrow) ? [index] : [];
  });
}

/** The nearest row before or after `from` (undefined: from outside the list) that is `wanted`. */
export function neighbour(
  rows: readonly HostRun[],
  from: string | undefined,
  step: 1 | -1,
  wanted: (run: HostRun) => boolean = () => true,
): HostRun | undefined {
  const at = rows.findIndex((run) => run.host === from);
  const start = at === -1 ? (step === 1 ? 0 : rows.length - 1) : at + step;
  for (let index = start; index >= 0 && index < rows.length; index += step) {
    const run = rows[index];
    if (run !== undefined && wanted(run)) return run;
  }
  return undefined;
}
