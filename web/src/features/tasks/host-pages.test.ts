import { describe, expect, it } from 'vitest';
import type { HostRun } from '#web/nouns/tasks/client.ts';
import {
  coversPage,
  hostRows,
  type HostPages,
  neighbour,
  noHostPages,
  pagesToRefresh,
  withAllStale,
  withFreshPage,
  withNextPage,
} from './host-pages.ts';

const run = (ord: number, state: HostRun['state'] = 'ready') => ({ ord, host: `h${ord}`, state }) as HostRun;
const runs = (...ords: number[]) => ords.map((ord) => run(ord));
const ords = (list: HostPages) => hostRows(list).map((row) => row.ord);

/** Three pages of two rows; `end` is the cursor after the last. */
function threePages(end: string | null = null): HostPages {
  const one = withNextPage(noHostPages, undefined, { items: runs(0, 2), next: 'b' });
  const two = withNextPage(one, 'b', { items: runs(4, 6), next: 'c' });
  return withNextPage(two, 'c', { items: runs(8, 10), next: end });
}

describe('pages of hosts', () => {
  it('follow each other without a hole, each with its own cursor', () => {
    const list = threePages('d');
    expect(ords(list)).toEqual([0, 2, 4, 6, 8, 10]);
    expect(list.pages.map((page) => page.cursor)).toEqual([undefined, 'b', 'c']);
    expect(list.pages.map((page) => [page.after, page.upTo])).toEqual([
      [-1, 2],
      [2, 6],
      [6, 10],
    ]);
    expect(list.next).toBe('d');
  });

  it('take rows that came into the filter and drop those that left it, none twice, when one is loaded again', () => {
    const list = threePages();
    // 4 has left, 5 has come; the answer reaches into the third page, whose rows stay its own.
    const fresh = withFreshPage(list, 1, [run(5), run(6, 'running'), run(8, 'failed')], 'x');
    expect(ords(fresh)).toEqual([0, 2, 5, 6, 8, 10]);
    expect(hostRows(fresh)[3]?.state).toBe('running');
    expect(hostRows(fresh)[4]?.state).toBe('ready');
    expect(fresh.pages[0]).toBe(list.pages[0]);
    expect(fresh.next).toBeNull();
  });

  it('end where the last page ends, and say so when more has come', () => {
    const grown = withFreshPage(threePages(), 2, runs(8, 9), 'more');
    expect(ords(grown)).toEqual([0, 2, 4, 6, 8, 9]);
    expect(grown.next).toBe('more');
    const further = withNextPage(grown, 'more', { items: runs(10), next: null });
    expect(ords(further)).toEqual([0, 2, 4, 6, 8, 9, 10]);
    expect(further.pages.at(-1)?.after).toBe(9);
  });

  it('stay right when all rows of a page are gone', () => {
    const list = withFreshPage(threePages('d'), 1, runs(8, 10), 'd');
    expect(ords(list)).toEqual([0, 2, 8, 10]);
    expect(withFreshPage(list, 9, runs(1), null)).toBe(list);
  });

  it('ask for a further answer only where one does not reach the end of its page', () => {
    const list = threePages('d');
    expect(coversPage(list, 0, runs(0, 1), 'x')).toBe(false);
    expect(coversPage(list, 0, runs(0, 1), null)).toBe(true);
    expect(coversPage(list, 0, runs(1, 2), 'x')).toBe(true);
    expect(coversPage(list, 2, runs(8, 9), 'x')).toBe(true);
  });
});

describe('pagesToRefresh', () => {
  const staleThree = (end: string | null = null) => withAllStale(threePages(end));

  it('names the stale pages in view, not the others', () => {
    expect(pagesToRefresh(staleThree('d'), 0, 1, 2)).toEqual([0]);
    expect(pagesToRefresh(staleThree('d'), 1, 2, 2)).toEqual([0, 1]);
    expect(pagesToRefresh(staleThree('d'), 3, 3, 2)).toEqual([1]);
    expect(pagesToRefresh(staleThree('d'), 0, 100, 2)).toEqual([0, 1, 2]);
    expect(pagesToRefresh(threePages('d'), 0, 100, 2)).toEqual([]);
  });

  it('does not name a page again that has been loaded, until something happens again', () => {
    const fresh = withFreshPage(staleThree('d'), 0, runs(0, 2), 'x');
    expect(pagesToRefresh(fresh, 0, 3, 2)).toEqual([1]);
    expect(pagesToRefresh(withAllStale(fresh), 0, 3, 2)).toEqual([0, 1]);
  });

  it('adds the last page where hosts may still come into it, also into an empty list', () => {
    expect(pagesToRefresh(staleThree(), 0, 1, 3)).toEqual([0, 2]);
    const empty = withNextPage(noHostPages, undefined, { items: [], next: null });
    expect(pagesToRefresh(withAllStale(empty), 0, 0, 200)).toEqual([0]);
    expect(pagesToRefresh(noHostPages, 0, 0, 200)).toEqual([]);
  });
});

describe('neighbour', () => {
  const rows = [run(0), run(1, 'failed'), run(2), run(3, 'lost')];
  const failed = (row: HostRun) => row.state !== 'ready';

  it('goes from host to host and stops at the ends', () => {
    expect(neighbour(rows, 'h0', 1)?.host).toBe('h1');
    expect(neighbour(rows, 'h0', -1)).toBeUndefined();
    expect(neighbour(rows, 'h3', 1)).toBeUndefined();
  });

  it('begins at the end it comes from where no host, or an unknown one, is chosen', () => {
    expect(neighbour(rows, undefined, 1)?.host).toBe('h0');
    expect(neighbour(rows, 'gone', -1)?.host).toBe('h3');
    expect(neighbour([], undefined, 1)).toBeUndefined();
  });

  it('skips what is not wanted', () => {
    expect(neighbour(rows, 'h1', 1, failed)?.host).toBe('h3');
    expect(neighbour(rows, 'h3', -1, failed)?.host).toBe('h1');
    expect(neighbour(rows, 'h3', 1, failed)).toBeUndefined();
  });
});
