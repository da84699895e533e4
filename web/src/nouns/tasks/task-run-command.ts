import { shellQuote } from '../../lib/shell-quote.ts';

interface TaskRun {
  /** Names and values in their order; one without a value is left out. */
  readonly options: readonly (readonly [name: string, value: string | undefined])[];
  /** Handed over byte for byte on standard input. */
  readonly script?: string | undefined;
  /** A command instead, word by word. */
  readonly command?: readonly string[] | undefined;
}

/** A `signalbox task run` for sh, bash and zsh that says exactly this, whatever is in the values. */
export function taskRunCommand({ options, script, command }: TaskRun): string {
  const lines = [
    'signalbox task run',
    ...options.flatMap(([name, value]) =>
      value === undefined ? [] : [`${name}${separator(value)}${shellQuote(value)}`],
    ),
    ...(script === undefined ? [] : ['--script -']),
    ...(command === undefined ? [] : [`-- ${command.map(shellQuote).join(' ')}`]),
  ];
  const run = lines.join(' \\\n  ');
  return script === undefined ? run : withStandardInput(run, script);
}

/** A value that looks like an option is only taken as one where nothing stands between. */
function separator(value: string): '=' | ' ' {
  return value.startsWith('-') ? '=' : ' ';
}

/** A here-document always ends in a line break; a text that does not is piped. */
function withStandardInput(command: string, text: string): string {
  if (!text.endsWith('\n')) return `printf %s ${shellQuote(text)} |\n${command}`;
  const lines = new Set(text.split('\n'));
  let mark = 'SCRIPT';
  while (lines.has(mark)) mark += '_';
  return `${command} <<'${mark}'\n${text}${mark}`;
}
