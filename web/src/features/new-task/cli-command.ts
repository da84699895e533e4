import type { TaskInput } from '#web/lib/api/tasks.ts';
import type { LibraryChoice, TaskDraft } from './draft.ts';
import { inputOfDraft } from './draft-input.ts';
import { shellQuote } from './shell-quote.ts';

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
  const options = [
    ...optionsOf(input),
    ...(fromLibrary ? [['--library', `${library.name}@${library.version}`]] : []),
    ...(!fromLibrary && input.script !== undefined ? [['--script', '-']] : []),
  ];
  const lines = [
    'signalbox task run',
    ...options.map(
      ([name = '', value = '']) => `${name}${value.startsWith('-') && value !== '-' ? '=' : ' '}${shellQuote(value)}`,
    ),
    ...(input.command === undefined ? [] : [`-- ${input.command.map(shellQuote).join(' ')}`]),
  ];
  const command = lines.join(' \\\n  ');
  if (fromLibrary || input.script === undefined) return command;
  return withStandardInput(command, input.script);
}

/** By its name the command line would choose an interpreter itself, for what is neither shell nor says it. */
function goesByName({ source, interpreter }: TaskDraft, { language, content }: LibraryChoice): boolean {
  return source === 'library' && (interpreter !== 'auto' || language === 'shell' || content.startsWith('#!'));
}

function optionsOf(input: TaskInput): string[][] {
  const { target, strategy = {} } = input;
  const one = (name: string, value: string | number | undefined) =>
    value === undefined ? [] : [[name, String(value)]];
  return [
    ...one('--node', target.node),
    ...chunks(target.hosts ?? []).map((hosts) => ['--host', hosts.join(',')]),
    ...one('--title', input.title),
    ...one('--interpreter', input.interpreter),
    ...(input.args ?? []).map((value) => ['--arg', value]),
    ...Object.entries(input.env ?? {}).map(([name, value]) => ['--env', `${name}=${value}`]),
    ...one('--work-dir', input.workDir),
    ...one('--run-as', input.runAs),
    ...one('--concurrency', strategy.concurrency),
    ...one('--timeout', input.timeout),
    ...one('--on-error', strategy.onError),
    ...one('--run-at', input.runAt),
    ...one('--expires-at', input.expiresAt),
  ];
}

function chunks(hosts: readonly string[]): string[][] {
  const parts: string[][] = [];
  for (let at = 0; at < hosts.length; at += hostsPerOption) parts.push(hosts.slice(at, at + hostsPerOption));
  return parts;
}

/** A here-document always ends in a line break; a text that does not is piped. */
function withStandardInput(command: string, text: string): string {
  if (!text.endsWith('\n')) return `printf %s ${shellQuote(text)} |\n${command}`;
  const lines = new Set(text.split('\n'));
  let mark = 'SCRIPT';
  while (lines.has(mark)) mark += '_';
  return `${command} <<'${mark}'\n${text}${mark}`;
}
