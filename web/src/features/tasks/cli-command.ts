import type { TaskDetail } from '#web/nouns/tasks/client.ts';
import { environmentOptions } from '#web/nouns/tasks/environment-options.ts';
import { taskRunCommand } from '#web/nouns/tasks/task-run-command.ts';

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
  return taskRunCommand({
    options: [
      hosts === undefined ? ['--hosts-file', hostsFile] : ['--host', hosts.join(',')],
      ['--title', task.title],
      ['--interpreter', payload.interpreter],
      ...payload.args.map((arg) => ['--arg', arg] as const),
      ...environmentOptions(payload.env),
      ['--work-dir', payload.workDir],
      ['--run-as', payload.runAs],
      ['--timeout', durationWord(payload.timeoutMs)],
      ['--concurrency', strategy.concurrency?.toString()],
      ['--on-error', strategy.onError === 'continue' ? undefined : strategy.onError],
    ],
    script: payload.script,
    command: payload.command,
  });
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
