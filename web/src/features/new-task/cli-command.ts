import type { TaskInput } from '#web/nouns/tasks/client.ts';
import { environmentOptions } from '#web/nouns/tasks/environment-options.ts';
import { taskRunCommand } from '#web/nouns/tasks/task-run-command.ts';
import type { LibraryChoice, TaskDraft } from './draft.ts';
import { inputOfDraft } from './draft-input.ts';

/** Hosts in one `--host`: a word of a command line has a limit of its own. */
const hostsPerOption = 500;

/**
 * The command line that submits the very same task, for sh, bash and zsh. A script of the library goes by its name and
 * version, any other is handed over on standard input.
 */
export function cliCommandOf(draft: TaskDraft): string {
  const input = inputOfDraft(draft);
  const { library } = draft;
  const fromLibrary = library !== null && goesByName(draft, library);
  return taskRunCommand({
    options: [
      ...optionsOf(input),
      ...(fromLibrary ? [['--library', `${library.name}@${library.version}`] as const] : []),
    ],
    script: fromLibrary ? undefined : input.script,
    command: input.command,
  });
}

/** By its name the command line would choose an interpreter itself, for what is neither shell nor says it. */
function goesByName({ source, interpreter }: TaskDraft, { language, content }: LibraryChoice): boolean {
  return source === 'library' && (interpreter !== 'auto' || language === 'shell' || content.startsWith('#!'));
}

function optionsOf(input: TaskInput): [string, string | undefined][] {
  const { target, strategy = {} } = input;
  return [
    ['--node', target.node],
    ...chunks(target.hosts ?? []).map((hosts): [string, string] => ['--host', hosts.join(',')]),
    ['--title', input.title],
    ['--interpreter', input.interpreter],
    ...(input.args ?? []).map((value): [string, string] => ['--arg', value]),
    ...environmentOptions(input.env ?? {}),
    ['--work-dir', input.workDir],
    ['--run-as', input.runAs],
    ['--concurrency', strategy.concurrency?.toString()],
    ['--timeout', input.timeout],
    ['--on-error', strategy.onError?.toString()],
    ['--run-at', input.runAt],
    ['--expires-at', input.expiresAt],
  ];
}

function chunks(hosts: readonly string[]): string[][] {
  const parts: string[][] = [];
  for (let at = 0; at < hosts.length; at += hostsPerOption) parts.push(hosts.slice(at, at + hostsPerOption));
  return parts;
}
