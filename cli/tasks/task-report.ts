import type { HostRun, SubmittedTask, TaskDetail } from '#api/tasks/tasks.contract.ts';
import type { TasksClient } from './tasks.client.ts';
import type { CliContext } from '../kernel/context.ts';
import { isForPeople, type OutputFormat } from '../kernel/output/printer.ts';
import { duration, terminalText } from '../kernel/output/text.ts';
import { describeCounts, taskTones } from './task-progress.ts';
import { hostList, submittedPart, submittedTask } from './task-views.ts';

/** Tasks of at most this many hosts show what each wrote. */
const hostsShownInFull = 5;
/** Hosts that did not succeed, listed for a task of more. */
const failuresListed = 20;

/** Prints a task that ended: for programs what `task run` promises, for people what came of it on the hosts too. */
export async function reportTask(
  context: Pick<CliContext, 'print'>,
  tasks: TasksClient,
  format: OutputFormat,
  task: TaskDetail,
): Promise<void> {
  const { print } = context;
  if (!isForPeople(format)) {
    print.item<SubmittedTask>(format, submittedPart(task), submittedTask);
    return;
  }
  if (task.state === 'refused') {
    // Nothing ran anywhere.
  } else if (task.counts.total <= hostsShownInFull) {
    for (const run of await tasks.hosts(task.id)) await showHost(context, tasks, task.id, run);
  } else {
    await listFailures(context, tasks, format, task);
  }
  const { paint } = print;
  print.data(
    `${paint('strong', 'Task')} ${task.id} ${paint(taskTones[task.state], task.state)}: ${describeCounts(task.counts)}\n`,
  );
}

async function showHost(
  context: Pick<CliContext, 'print'>,
  tasks: TasksClient,
  taskId: string,
  run: HostRun,
): Promise<void> {
  const { print } = context;
  const { paint } = print;
  const exit = run.exitCode === null ? (run.signal ?? '') : `exit ${run.exitCode}`;
  const took = run.durationMs === null ? '' : duration(run.durationMs);
  const why = run.state === 'succeeded' ? '' : (run.detail ?? '');
  const facts = [exit, took, why].filter((fact) => fact !== '').join(', ');
  print.data(
    `${paint('strong', run.host)} ${paint(taskTones[run.state], run.state)}${facts === '' ? '' : ` (${facts})`}\n`,
  );
  for (const stream of ['stdout', 'stderr'] as const) {
    const size = stream === 'stdout' ? run.stdoutBytes : run.stderrBytes;
    if (size === 0) continue;
    const { bytes } = await tasks.output(taskId, run.host, { stream });
    const text = terminalText(new TextDecoder().decode(bytes));
    if (stream === 'stderr') print.data(`${paint('quiet', 'stderr:')}\n`);
    print.data(text.endsWith('\n') || text === '' ? text : `${text}\n`);
  }
}

async function listFailures(
  context: Pick<CliContext, 'print'>,
  tasks: TasksClient,
  format: OutputFormat,
  task: TaskDetail,
): Promise<void> {
  const { print } = context;
  if (task.counts.succeeded === task.counts.total) return;
  const groups = ['failed', 'timedOut', 'lost', 'killed', 'buried', 'revoked'] as const;
  const rows: HostRun[] = [];
  for (const group of groups) {
    if (rows.length >= failuresListed || task.counts[group] === 0) continue;
    rows.push(...(await tasks.hosts(task.id, { group, limit: failuresListed - rows.length })));
  }
  print.list(format, rows, hostList);
  const more = task.counts.total - task.counts.succeeded - rows.length;
  if (more > 0) print.message(`… and ${more} more: signalbox task hosts ${task.id}`);
}
