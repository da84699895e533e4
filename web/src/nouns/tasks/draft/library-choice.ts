import { scripts } from '#web/nouns/scripts/client.ts';
import type { LibraryChoice, TaskDraft } from './draft.ts';
import { interpreterFields } from './draft-of-task.ts';

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
