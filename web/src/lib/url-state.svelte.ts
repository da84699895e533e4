import { goto } from '$app/navigation';
import { page } from '$app/state';
import { readQuery, type UrlValues, writeQuery } from './url-query.ts';

export type UrlState<Values extends UrlValues> = Values & {
  /** Changes some values in place, keeping focus and scroll; `push`: as a step that Back undoes. */
  set(change: Partial<Values>, options?: { push?: boolean }): void;
};

/** The query as it will be once the changes under way have arrived: two changes in one go must not lose one. */
let underWay: { pathname: string; search: string } | undefined;

function searchNow(): string {
  return underWay?.pathname === page.url.pathname ? underWay.search : page.url.search;
}

async function changeSearch(search: string, push: boolean): Promise<void> {
  const change = { pathname: page.url.pathname, search };
  underWay = change;
  try {
    await goto(`${page.url.pathname}${search}${page.url.hash}`, { replace: !push, reset: false });
  } finally {
    if (underWay === change) underWay = undefined;
  }
}

/**
 * State of a view that lives in the address: reads of `view.name` are reactive, a reload or Back restores it. Call it while
 * a component is set up; once that is gone, `set` changes nothing any more.
 */
export function urlState<Defaults extends UrlValues>(
  defaults: Defaults,
): UrlState<{ readonly [Name in keyof Defaults]: string }> {
  const values = $derived(readQuery(page.url.search, defaults));
  let gone = false;
  $effect(() => () => {
    gone = true;
  });
  const state = {
    set(change: Partial<UrlValues>, options: { push?: boolean } = {}) {
      const search = writeQuery(searchNow(), defaults, change);
      if (!gone && search !== searchNow()) void changeSearch(search, options.push ?? false);
    },
  };
  for (const name of Object.keys(defaults)) {
    Object.defineProperty(state, name, { enumerable: true, get: () => values[name] });
  }
  return state as unknown as UrlState<{ readonly [Name in keyof Defaults]: string }>;
}
