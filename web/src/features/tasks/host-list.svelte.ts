import { untrack } from 'svelte';
import type { HostRunGroup } from '#domain/tasks/host-run.ts';
import { type ApiProblem, asProblem } from '#web/lib/api/problem.ts';
import { type HostRun, tasks } from '#web/nouns/tasks/client.ts';
import { isFailedState } from './host-groups.ts';
import {
  coversPage,
  hostRows,
  neighbour,
  noHostPages,
  pagesToRefresh,
  withAllStale,
  withFreshPage,
  withNextPage,
} from './host-pages.ts';

/** Which hosts of which task. */
export interface HostFilter {
  readonly task: string;
  readonly group: HostRunGroup | undefined;
  readonly q: string;
}

const pageSize = 200;
/** The most that the api gives at once: for going through many hosts in search of one. */
const searchSize = 500;

/**
 * The hosts of a task as far as somebody has looked at them, page by page. A changed filter starts anew; what happens to
 * the task is loaded again for the pages in view only, the others when they come into view. Call it while a component is
 * set up.
 */
export function createHostList(filter: () => HostFilter) {
  let list = $state.raw(noHostPages);
  let status = $state<'loading' | 'ready' | 'failed'>('loading');
  let problem = $state.raw<ApiProblem>();
  let loadingMore = $state(false);
  let updatedAt = $state(0);
  let generation = 0;
  /** Loading takes turns: a page that grows must not change what follows it while that is on its way. */
  let turn: Promise<unknown> = Promise.resolve();
  let inView = { first: 0, last: 0 };
  const items = $derived(hostRows(list));
  const key = $derived(JSON.stringify(filter()));

  $effect(() => {
    void key;
    untrack(start);
    return () => {
      generation += 1;
    };
  });

  function load(cursor: string | undefined, limit: number) {
    const { task, group, q } = filter();
    return tasks.hosts(task, { q, limit, ...(group && { group }), ...(cursor !== undefined && { cursor }) });
  }

  /** Does some loading when its turn has come, unless the filter has changed meanwhile. Problems are told, not thrown. */
  function inTurn(work: (isCurrent: () => boolean) => Promise<void>): Promise<void> {
    const mine = generation;
    const isCurrent = () => mine === generation;
    const done = turn.then(async () => {
      if (!isCurrent()) return;
      try {
        await work(isCurrent);
        if (!isCurrent()) return;
        problem = undefined;
        status = 'ready';
        updatedAt = Date.now();
      } catch (error) {
        if (!isCurrent()) return;
        problem = asProblem(error);
        status = 'failed';
      }
    });
    turn = done;
    return done;
  }

  function start(): void {
    generation += 1;
    turn = Promise.resolve();
    list = noHostPages;
    status = 'loading';
    problem = undefined;
    updatedAt = 0;
    inView = { first: 0, last: 0 };
    void append(pageSize);
  }

  async function append(limit: number): Promise<void> {
    const mine = generation;
    loadingMore = true;
    await inTurn(async (isCurrent) => {
      if (list.pages.length > 0 && list.next === null) return;
      const cursor = list.next ?? undefined;
      const answer = await load(cursor, limit);
      if (isCurrent()) list = withNextPage(list, cursor, answer);
    });
    if (mine === generation) loadingMore = false;
  }

  function refreshInView(): Promise<void> {
    return inTurn(async (isCurrent) => {
      for (const index of pagesToRefresh(list, inView.first, inView.last, pageSize)) {
        const page = list.pages[index];
        if (page === undefined) return;
        const rows: HostRun[] = [];
        let more = page.cursor ?? null;
        do {
          const answer = await load(more ?? undefined, Math.max(pageSize, Math.min(page.rows.length, searchSize)));
          if (!isCurrent()) return;
          rows.push(...answer.items);
          more = answer.next;
        } while (!coversPage(list, index, rows, more));
        list = withFreshPage(list, index, rows, more);
      }
    });
  }

  return {
    get items() {
      return items;
    },
    get status() {
      return status;
    },
    get problem() {
      return problem;
    },
    get hasMore() {
      return list.next !== null;
    },
    get loadingMore() {
      return loadingMore;
    },
    get updatedAt() {
      return updatedAt;
    },
    /** Loads the page after the last. */
    async loadMore(): Promise<void> {
      if (!loadingMore && list.next !== null) await append(pageSize);
    },
    /** Something happened to the task: loads again what is in view. */
    async refresh(): Promise<void> {
      if (list.pages.length === 0) {
        // Its first page is on its way already, unless it has failed.
        if (!loadingMore) await append(pageSize);
        return;
      }
      list = withAllStale(list);
      await refreshInView();
    },
    /** Tells which rows are in view; loads those again that are older than what happened last. */
    look(first: number, last: number): void {
      inView = { first, last };
      if (pagesToRefresh(list, first, last, pageSize).length > 0) void refreshInView();
    },
    /** The next failed host before or after one, loading on as far as needed; undefined where there is none. */
    async seekFailed(from: string | undefined, step: 1 | -1): Promise<HostRun | undefined> {
      for (const mine = generation; mine === generation;) {
        const found = neighbour(items, from, step, (run) => isFailedState(run.state));
        if (found !== undefined || step === -1 || list.next === null || problem !== undefined) return found;
        await append(searchSize);
      }
      return undefined;
    },
  };
}

export type HostList = ReturnType<typeof createHostList>;
