import type { TaskInput } from '#web/nouns/tasks/client.ts';
import { splitCommand } from './command-words.ts';
import type { TaskDraft, TaskTarget } from './draft.ts';
import { isoOfLocal } from './local-time.ts';
import { parsePastedHosts } from './pasted-hosts.ts';

/** The task that a draft asks for. What its form hides is not in it; what is empty is left to the api's defaults. */
export function inputOfDraft(draft: TaskDraft): TaskInput {
  const { workDir, runAs } = draft;
  const title = draft.title.trim() || defaultTitle(draft);
  const env = draft.env.filter(({ name }) => name !== '');
  const runAt = draft.when === 'later' ? isoOfLocal(draft.runAt) : undefined;
  const expiresAt = draft.when === 'later' ? isoOfLocal(draft.expiresAt) : undefined;
  return {
    ...(title === undefined ? {} : { title }),
    target: targetOfDraft(draft),
    ...programOf(draft),
    ...(env.length === 0
      ? {}
      : { env: Object.fromEntries(env.map(({ name, value, secret }) => [name, secret ?? value])) }),
    ...(workDir === '' ? {} : { workDir }),
    ...(runAs === '' ? {} : { runAs }),
    timeout: `${draft.timeout}${draft.timeoutUnit}`,
    strategy: {
      ...(draft.concurrency === 'limit' ? { concurrency: Number(draft.concurrencyLimit) } : {}),
      onError: onErrorOf(draft),
    },
    ...(runAt === undefined ? {} : { runAt }),
    ...(expiresAt === undefined ? {} : { expiresAt }),
  };
}

/** Where it runs. */
export function targetOfDraft(draft: Pick<TaskDraft, 'targetBy' | 'node' | 'machines' | 'pasted'>): TaskTarget {
  switch (draft.targetBy) {
    case 'node':
      return { node: draft.node };
    case 'machines':
      return { hosts: draft.machines.map(({ name }) => name) };
    case 'pasted':
      return { hosts: [...parsePastedHosts(draft.pasted).hosts] };
  }
}

/** The text of the script; undefined where a command runs. */
export function scriptTextOf(draft: Pick<TaskDraft, 'source' | 'script' | 'library'>): string | undefined {
  switch (draft.source) {
    case 'script':
      return draft.script;
    case 'library':
      return draft.library?.content ?? '';
    case 'command':
      return undefined;
  }
}

/** `bash`, an absolute path, or undefined where the first line of the script (else /bin/sh) says. */
export function interpreterOf(draft: Pick<TaskDraft, 'interpreter' | 'otherInterpreter'>): string | undefined {
  if (draft.interpreter === 'auto') return undefined;
  return draft.interpreter === 'other' ? draft.otherInterpreter.trim() : draft.interpreter;
}

/** What a task is called that was given no title, where the api would know less: the script of the library. */
function defaultTitle({ source, library }: TaskDraft): string | undefined {
  return source === 'library' && library !== null ? `${library.name}@${library.version}` : undefined;
}

function programOf(draft: TaskDraft): Pick<TaskInput, 'script' | 'command' | 'interpreter' | 'args'> {
  const script = scriptTextOf(draft);
  if (script === undefined) return { command: [...(splitCommand(draft.command).words ?? [])] };
  const interpreter = interpreterOf(draft);
  return {
    script,
    ...(interpreter === undefined ? {} : { interpreter }),
    ...(draft.args.length === 0 ? {} : { args: [...draft.args] }),
  };
}

function onErrorOf({ onError, onErrorCount, onErrorShare }: TaskDraft): string {
  switch (onError) {
    case 'count':
      return String(Number(onErrorCount));
    case 'share':
      return `${Number(onErrorShare)}%`;
    case 'continue':
    case 'stop':
      return onError;
  }
}
