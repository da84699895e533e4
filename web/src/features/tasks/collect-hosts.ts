import type { HostRunGroup } from '#domain/tasks/host-run.ts';
import type { Page } from '#web/lib/api/http.ts';
import type { HostRun } from '#web/nouns/tasks/client.ts';

type LoadHosts = (group: HostRunGroup | undefined, cursor: string | undefined) => Promise<Page<HostRun>>;

/**
 * The names of all hosts of some groups (undefined: of the task), in the order of hand-out, read page by page. `progress`
 * hears how many have been read so far.
 */
export async function collectHosts(
  load: LoadHosts,
  groups: readonly (HostRunGroup | undefined)[],
  progress: (read: number) => void,
): Promise<string[]> {
  const runs: HostRun[] = [];
  for (const group of groups) {
    let cursor: string | undefined;
    do {
      const page = await load(group, cursor);
      runs.push(...page.items);
      progress(runs.length);
      cursor = page.next ?? undefined;
    } while (cursor !== undefined);
  }
  return runs.toSorted((one, other) => one.ord - other.ord).map((run) => run.host);
}
