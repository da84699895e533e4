import { createQuery } from '@tanstack/svelte-query';
import { type HostRun, tasks } from '#web/nouns/tasks/client.ts';
import type { HostList } from './host-list.svelte.ts';

/** The host of this exact name among all hosts of a task, or null. */
async function findHost(task: string, host: string): Promise<HostRun | null> {
  let cursor: string | undefined;
  do {
    const page = await tasks.hosts(task, { q: host, limit: 500, ...(cursor !== undefined && { cursor }) });
    const found = page.items.find((run) => run.host === host);
    if (found !== undefined) return found;
    cursor = page.next ?? undefined;
  } while (cursor !== undefined);
  return null;
}

/**
 * The host that the address names, be it among the rows that are loaded or not: undefined while it is looked for, null
 * where the task has no such host. Call it while a component is set up.
 */
export function createChosenHost(task: () => string, host: () => string, list: () => HostList) {
  const row = $derived(list().items.find((run) => run.host === host()));
  const isElsewhere = $derived(host() !== '' && row === undefined && list().status !== 'loading');
  const query = createQuery(() => ({
    queryKey: ['task', task(), 'host', host()],
    queryFn: () => findHost(task(), host()),
    enabled: isElsewhere,
  }));
  const run = $derived(row ?? (isElsewhere ? query.data : undefined));

  return {
    get run(): HostRun | null | undefined {
      return run;
    },
    /** Something happened to the task. Hosts in the table are refreshed with it. */
    async refresh(): Promise<void> {
      if (isElsewhere) await query.refetch();
    },
  };
}
