import { expect, it } from 'vitest';
import type { HostRun } from '#web/nouns/tasks/client.ts';
import { collectHosts } from './collect-hosts.ts';

const run = (ord: number) => ({ ord, host: `h${ord}` }) as HostRun;

it('reads every page of every group and puts the hosts in the order of hand-out', async () => {
  const pages: Record<string, HostRun[][]> = { failed: [[run(1), run(4)], [run(9)]], lost: [[]], timedOut: [[run(2)]] };
  const progress: number[] = [];
  const hosts = await collectHosts(
    (group, cursor) => {
      const at = Number(cursor ?? 0);
      const all = pages[group ?? ''] ?? [];
      return Promise.resolve({ items: all[at] ?? [], next: at + 1 < all.length ? String(at + 1) : null });
    },
    ['failed', 'timedOut', 'lost'],
    (read) => progress.push(read),
  );
  expect(hosts).toEqual(['h1', 'h2', 'h4', 'h9']);
  expect(progress).toEqual([2, 3, 4, 4]);
});
