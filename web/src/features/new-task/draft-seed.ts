import { scripts } from '#web/nouns/scripts/client.ts';
import { tasks } from '#web/nouns/tasks/client.ts';
import { type ChosenHost, type LibraryChoice, type TaskDraft } from './draft.ts';
import { draftOfTask, interpreterFields } from './draft-of-task.ts';
import { parsePastedHosts } from './pasted-hosts.ts';

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

/** A version of a script as a task takes it; the latest where `reference` has no `@version`. */
export async function readLibrary(reference: string): Promise<LibraryChoice> {
  const [, id = reference, wanted] = /^(.+?)(?:@(\d+))?$/.exec(reference) ?? [];
  const script = await scripts.get(id);
  const version = wanted === undefined ? script.version : Number(wanted);
  const { content } = version === script.version ? script : await scripts.version(script.id, version);
  return { id: script.id, name: script.name, language: script.language, version, content };
}

/** The fields that go with a script of the library: what it does not say itself, its language does. */
export function libraryFields(library: LibraryChoice): Partial<TaskDraft> {
  const { language, content } = library;
  const says = content.startsWith('#!') || language === 'shell';
  const interpreter = says
    ? interpreterFields(undefined)
    : language === 'python'
      ? interpreterFields('python3')
      : { interpreter: 'other' as const, otherInterpreter: '' };
  return { source: 'library', library, ...interpreter };
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
