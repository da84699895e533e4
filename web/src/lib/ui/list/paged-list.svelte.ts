import { untrack } from 'svelte';
import type { Page } from '#web/lib/api/http.ts';
import { type ApiProblem, asProblem } from '#web/lib/api/problem.ts';
import { appendPage, mergeRefreshed } from './merge-pages.ts';

interface PagedListOptions<Item> {
  /** What the list is of; reactive. A changed key starts anew. */
  readonly key: () => readonly unknown[];
  /** One page; `cursor` is undefined for the first. */
  readonly load: (cursor: string | undefined) => Promise<Page<Item>>;
  readonly idOf: (item: Item) => string;
}

export interface PagedList<Item> {
  readonly items: readonly Item[];
  readonly status: 'loading' | 'ready' | 'failed';
  readonly problem: ApiProblem | undefined;
  readonly hasMore: boolean;
  readonly loadingMore: boolean;
  loadMore(): Promise<void>;
  /** Loads again what is loaded, in place: nothing flickers, and rows far behind the first pages stay. */
  refresh(): Promise<void>;
  /** When it was last answered, in milliseconds; 0 before. */
  readonly updatedAt: number;
}

/** A refresh asks for at most this many pages; what lies behind them stays as it was. */
const refreshedPages = 4;

interface Loaded<Item> {
  readonly items: readonly Item[];
  readonly next: string | null;
  readonly pages: number;
}

const nothing = { items: [], next: null, pages: 0 } as const;

/**
 * A list that is loaded page by page. Only the answers to the last question count: those to an older key are dropped,
 * and refreshes that overlap become one more. Call it while a component is being set up.
 */
export function createPagedList<Item>(options: PagedListOptions<Item>): PagedList<Item> {
  let loaded = $state.raw<Loaded<Item>>(nothing);
  let status = $state<PagedList<Item>['status']>('loading');
  let problem = $state.raw<ApiProblem>();
  let loadingMore = $state(false);
  let updatedAt = $state(0);
  let question = 0;
  let refreshing = false;
  let again = false;

  const key = $derived(JSON.stringify(options.key()));

  /** Runs one load of the question asked now; its answer is dropped where another was asked meanwhile. */
  async function answer(load: () => Promise<Loaded<Item>>): Promise<void> {
    const asked = question;
    try {
      const next = await load();
      if (asked !== question) return;
      loaded = next;
      status = 'ready';
      problem = undefined;
      updatedAt = Date.now();
    } catch (error) {
      if (asked !== question) return;
      status = 'failed';
      problem = asProblem(error);
    }
  }

  async function loadFirst(): Promise<Loaded<Item>> {
    const page = await options.load(undefined);
    return { items: page.items, next: page.next, pages: 1 };
  }

  async function reload(): Promise<Loaded<Item>> {
    const before = loaded;
    const fresh: Item[] = [];
    let cursor: string | null | undefined;
    let pages = 0;
    do {
      const page: Page<Item> = await options.load(cursor ?? undefined);
      fresh.push(...page.items);
      cursor = page.next;
      pages += 1;
    } while (cursor !== null && pages < Math.min(before.pages, refreshedPages));
    if (before.pages <= pages || cursor === null) return { items: fresh, next: cursor, pages };
    return { items: mergeRefreshed(before.items, fresh, options.idOf), next: before.next, pages: before.pages };
  }

  async function refresh(): Promise<void> {
    if (refreshing) {
      again = true;
      return;
    }
    refreshing = true;
    try {
      do {
        again = false;
        if (loaded.pages === 0) status = 'loading';
        await answer(loaded.pages === 0 ? loadFirst : reload);
      } while (again);
    } finally {
      refreshing = false;
    }
  }

  async function loadMore(): Promise<void> {
    const { next } = loaded;
    if (next === null || loadingMore) return;
    loadingMore = true;
    const asked = question;
    await answer(async () => {
      const page = await options.load(next);
      const { items, pages } = loaded;
      return { items: appendPage(items, page.items, options.idOf), next: page.next, pages: pages + 1 };
    });
    if (asked === question) loadingMore = false;
  }

  function startAnew(): void {
    question += 1;
    loaded = nothing;
    status = 'loading';
    problem = undefined;
    loadingMore = false;
    updatedAt = 0;
    void answer(loadFirst);
  }

  $effect(() => {
    void key;
    untrack(startAnew);
    return () => {
      question += 1;
    };
  });

  return {
    get items() {
      return loaded.items;
    },
    get status() {
      return status;
    },
    get problem() {
      return problem;
    },
    get hasMore() {
      return loaded.next !== null;
    },
    get loadingMore() {
      return loadingMore;
    },
    get updatedAt() {
      return updatedAt;
    },
    loadMore,
    refresh,
  };
}
