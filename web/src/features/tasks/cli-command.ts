import type { TaskDetail } from '#web/lib/api/tasks.ts';

type Runnable = Pick<TaskDetail, 'title' | 'payload' | 'strategy'>;

/** Hosts that a command line names one by one; more come from a file. */
export const hostsOnCommandLine = 10;

/** The file that the command reads the hosts from where there are too many to name. */
export const hostsFile = 'hosts.txt';

/**
 * The command line that submits the same task once more. A script goes along byte for byte on standard input. `hosts` are
 * all of its hosts, or undefined where there are more than `hostsOnCommandLine`.
 */
export function cliCommand(task: Runnable, hosts: readonly string[] | undefined): string {
  const { payload, strategy } = task;
  const option = (name: string, value: string | undefined) => (value === undefined ? [] : [`${name} ${quoted(value)}`]);
  const options = [
    ...(hosts === undefined ? option('--hosts-file', hostsFile) : option('--host', hosts.join(','))),
    ...option('--title', task.title),
    ...(payload.script === undefined ? [] : ['--script -']),
    ...option('--interpreter', payload.interpreter),
    ...payload.args.flatMap((arg) => option('--arg', arg)),
    ...Object.entries(payload.env).flatMap(([name, value]) => option('--env', `${name}=${value}`)),
    ...option('--work-dir', payload.workDir),
    ...option('--run-as', payload.runAs),
    ...option('--timeout', durationWord(payload.timeoutMs)),
    ...option('--concurrency', strategy.concurrency?.toString()),
    ...(strategy.onError === 'continue' ? [] : option('--on-error', strategy.onError)),
    ...(payload.command === undefined ? [] : [`-- ${payload.command.map(quoted).join(' ')}`]),
  ];
  const command = ['signalbox task run', ...options].join(' \\\n  ');
  return payload.script === undefined ? command : withScript(command, payload.script);
}

function withScript(command: string, script: string): string {
  if (!script.endsWith('\n')) return `printf %s ${quoted(script)} | ${command}`;
  let end = 'SCRIPT';
  while (script.split('\n').includes(end)) end += '_';
  return `${command} <<'${end}'\n${script}${end}`;
}

/** A text as one word of a POSIX shell. */
export function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

/** Milliseconds as the command line and the api read a duration: `1h30m`, `250ms`. */
export function durationWord(ms: number): string {
  const units = [
    ['h', 3_600_000],
    ['m', 60_000],
    ['s', 1_000],
    ['ms', 1],
  ] as const;
  let rest = ms;
  return units
    .map(([unit, size]) => {
      const amount = Math.floor(rest / size);
      rest -= amount * size;
      return amount === 0 ? '' : `${amount}${unit}`;
    })
    .join('');
}
