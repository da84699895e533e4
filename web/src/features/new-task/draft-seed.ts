import { tasks } from '#web/nouns/tasks/client.ts';
import type { ChosenHost, TaskDraft } from '#web/nouns/tasks/draft/draft.ts';
import { draftOfTask } from '#web/nouns/tasks/draft/draft-of-task.ts';
import { libraryFields, readLibrary } from '#web/nouns/tasks/draft/library-choice.ts';
import { parsePastedHosts } from '#web/nouns/tasks/draft/pasted-hosts.ts';

/** What the page can be opened with: a node, hosts, a script (`id` or `id@version`), a task to run again. */
export interface DraftSeed {
  readonly node: string;
  readonly host: string;
  readonly script: string;
  readonly from: string;
}

const hostsPerPage = 500;

/** The seed as one text; empty where the page was opened with nothing. */
export function seedText(seed: DraftSeed): string {
  return JSON.stringify([seed.node, seed.host, seed.script, seed.from]) === '["","","",""]'
    ? ''
    : JSON.stringify([seed.node, seed.host, seed.script, seed.from]);
}

/** What a seed fills in; `onhosts` hears how many hosts have been read so far. */
export async function draftOfSeed(seed: DraftSeed, onhosts: (read: number) => void): Promise<Partial<TaskDraft>> {
  const repeated = seed.from === '' ? {} : await repeat(seed.from, onhosts);
  const script = seed.script === '' ? {} : libraryFields(await readLibrary(seed.script));
  const hosts = parsePastedHosts(seed.host).hosts;
  return {
    ...repeated,
    ...script,
    ...(seed.node === '' ? {} : { targetBy: 'node' as const, node: seed.node }),
    ...(hosts.length === 0 ? {} : { targetBy: 'pasted' as const, pasted: hosts.join('\n') }),
  };
}

async function repeat(id: string, onhosts: (read: number) => void): Promise<TaskDraft> {
  const task = await tasks.get(id);
  const hosts: ChosenHost[] = [];
  let cursor: string | null | undefined;
  do {
    const page = await tasks.hosts(id, { limit: hostsPerPage, ...(cursor ? { cursor } : {}) });
    hosts.push(...page.items.map(({ host, address }) => ({ name: host, address })));
    cursor = page.next;
    onhosts(hosts.length);
  } while (cursor !== null);
  return draftOfTask(task, hosts);
}
