import type { HostRun, SubmittedTask, TaskDetail, TaskSummary } from '#api/tasks/tasks.contract.ts';
import { secretsIn, secretWord } from '#domain/secrets/secret-variables.ts';
import type { ItemView, ListView } from '../kernel/output/printer.ts';
import { duration, localTime, oneLine } from '../kernel/output/text.ts';
import { describeCounts, taskTones } from './task-progress.ts';

export const taskList: ListView<TaskSummary> = {
  columns: [
    { header: 'ID', value: (task) => task.id },
    { header: 'STATE', value: (task) => task.state, tone: (task) => taskTones[task.state] },
    { header: 'DONE', value: ({ counts }) => `${counts.total - counts.pending - counts.running}/${counts.total}` },
    { header: 'FAILED', value: ({ counts }) => counts.total - counts.succeeded - counts.pending - counts.running },
    { header: 'CREATED', value: (task) => localTime(task.createdAt) },
    { header: 'BY', value: (task) => task.requester },
    { header: 'NODES', value: (task) => task.nodes.join(' '), wide: true },
    { header: 'ENDED', value: (task) => localTime(task.endedAt), wide: true },
    { header: 'TITLE', value: (task) => task.title },
  ],
  name: (task) => task.id,
  empty: 'No tasks.',
};

export const submittedTask: ItemView<SubmittedTask> = {
  fields: (task) => [
    ['task', task.id],
    ['state', task.state],
    ['title', oneLine(task.title)],
    ...(task.ticketId === null ? [] : [['ticket', task.ticketId] as const]),
    ['hosts', describeCounts(task.counts)],
  ],
  name: (task) => task.id,
};

export const taskItem: ItemView<TaskDetail> = {
  fields: (task) => [
    ...submittedTask.fields(task),
    ['nodes', task.nodes.length === 0 ? '-' : task.nodes.join(', ')],
    ['by', task.requester],
    ['runs', oneLine(task.payload.command?.join(' ') ?? task.payload.script ?? '')],
    ...(task.payload.args.length === 0 ? [] : [['arguments', oneLine(task.payload.args.join(' '))] as const]),
    ...secretsIn(task.payload.env).map(([name, secret]) => ['secret', `${name}=${secretWord(secret)}`] as const),
    ['run as', task.payload.runAs ?? "the agent's own user"],
    ['time-out', duration(task.payload.timeoutMs)],
    ['concurrency', String(task.strategy.concurrency ?? 'all at once')],
    ['on error', task.strategy.onError],
    ['created', localTime(task.createdAt)],
    ['started', localTime(task.startedAt)],
    ['ended', localTime(task.endedAt)],
    ['you may', task.actions.flatMap((action) => (action.allowed ? [action.name] : [])).join(', ') || 'only look'],
    ['workflow', task.workflowId],
  ],
  name: (task) => task.id,
};

export const hostList: ListView<HostRun> = {
  columns: [
    { header: 'HOST', value: (run) => run.host },
    { header: 'ADDRESS', value: (run) => run.address },
    { header: 'STATE', value: (run) => run.state, tone: (run) => taskTones[run.state] },
    { header: 'EXIT', value: (run) => run.exitCode ?? run.signal },
    { header: 'ATTEMPT', value: (run) => run.attempt },
    { header: 'STARTED', value: (run) => localTime(run.startedAt) },
    { header: 'DURATION', value: (run) => duration(run.durationMs) },
    { header: 'CODE', value: (run) => run.code, wide: true },
    { header: 'STDOUT', value: (run) => run.stdoutBytes, wide: true },
    { header: 'STDERR', value: (run) => run.stderrBytes, wide: true },
    { header: 'REASON', value: (run) => `${run.detail ?? ''}${run.late ? ' (came late)' : ''}` },
  ],
  name: (run) => run.host,
  empty: 'No hosts of that kind.',
};

/** The part of a task that `task run` promises to scripts. */
export function submittedPart(task: TaskDetail | SubmittedTask): SubmittedTask {
  const { id, state, title, ticketId, counts } = task;
  return { id, state, title, ticketId, counts };
}
