import { runOf } from '#domain/scripts/script.ts';
import { createScriptsClient } from './scripts.client.ts';
import type { CliContext } from '../kernel/context.ts';
import { usageFault } from '../kernel/fault.ts';

/** A script of the library as a task takes it: copied, so that no later version changes the task. */
export interface LibraryScript {
  /** `name@version`: what the task is called where it gets no title of its own. */
  readonly title: string;
  readonly content: string;
  readonly interpreter: string | undefined;
}

/** Reads `NAME` (its latest version) or `NAME@VERSION`; `interpreter` is the one asked for, which wins. */
export type ReadLibrary = (
  reference: string,
  options: { readonly interpreter?: string | undefined },
) => Promise<LibraryScript>;

/** Reads scripts from the platform that the command is signed in to. */
export function libraryReader(context: Pick<CliContext, 'http'>): ReadLibrary {
  return async (reference, options) => {
    const { name, version } = parseReference(reference);
    const scripts = createScriptsClient(context.http());
    const script = await scripts.get(name);
    const isLatest = version === undefined || version === script.version;
    const { content } = isLatest ? script : await scripts.version(script.id, version);
    const run = runOf({ language: script.language, content });
    if (run === undefined && options.interpreter === undefined) {
      throw usageFault('--library', `${script.name} is ${script.language}: say what runs it with --interpreter`);
    }
    return {
      title: `${script.name}@${version ?? script.version}`,
      content,
      interpreter: options.interpreter ?? run?.interpreter,
    };
  };
}

function parseReference(reference: string): { name: string; version: number | undefined } {
  const [, name, version] = /^([^@]+)(?:@([1-9]\d{0,8}))?$/.exec(reference) ?? [];
  if (name === undefined) throw usageFault('--library', `'${reference}' is not like NAME or NAME@3`);
  return { name, version: version === undefined ? undefined : Number(version) };
}
