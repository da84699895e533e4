import type { TaskDetail } from '#api/tasks/tasks.contract.ts';
import type { TaskState } from '#domain/tasks/task.ts';
import { Refusal } from '../kernel/client/refusal.ts';
import type { TasksClient } from './tasks.client.ts';
import { createTicketsClient } from '../tickets/tickets.client.ts';
import { watchTask, type TaskPositionSeen } from './watch-task.ts';
import type { CliContext } from '../kernel/context.ts';
import { CliFault, exitCodes } from '../kernel/fault.ts';
import type { OutputFormat } from '../kernel/output/printer.ts';
import { createProgress } from './task-progress.ts';
import { oneLine } from '../kernel/output/text.ts';
import { reportTask } from './task-report.ts';

/** A task that ends sooner is not worth a line of progress. */
const quietMs = 400;
/** The live line shows the time that passes. */
const tickMs = 500;

/**
 * Watches a task to its end with progress on stderr, prints what came of it, and sets the exit code: 0 only for a
 * state in `good`. A Ctrl-C stops the watching, never the task.
 */
export async function followToEnd(
  context: CliContext,
  tasks: TasksClient,
  taskId: string,
  format: OutputFormat,
  options: { begun?: string; good: readonly TaskState[] },
): Promise<void> {
  const { io, print } = context;
  const progress = createProgress(io.stderr, print.paintMessage);
  if (options.begun !== undefined) progress.note(options.begun);
  const quietUntil = Date.now() + quietMs;
  let last: TaskPositionSeen | undefined;
  const show = () => {
    if (last !== undefined && Date.now() >= quietUntil) progress.show(last);
  };
  const ticking = setInterval(show, tickMs);
  try {
    const task = await watchTask({
      http: context.http(),
      tasks,
      taskId,
      interrupted: io.interrupted,
      onProgress: (seen) => {
        last = seen;
        show();
      },
      onConnection: (connected) =>
        progress.note(
          connected ? 'The platform answers again.' : 'The platform does not answer; the task goes on. Trying again …',
        ),
    });
    clearInterval(ticking);
    progress.end();
    await reportTask(context, tasks, format, task);
    if (task.state === 'refused') print.message(await whyRefused(context, task));
    if (!options.good.includes(task.state)) context.setExitCode(exitCodes.failed);
  } catch (error) {
    if (!io.interrupted.aborted) throw error;
    throw new CliFault(exitCodes.interrupted, `Not watching any more; the task goes on: signalbox task wait ${taskId}`);
  } finally {
    clearInterval(ticking);
    progress.end();
  }
}

/** The task knows that it will never run; its ticket knows why. */
async function whyRefused(context: CliContext, { ticketId }: TaskDetail): Promise<string> {
  if (ticketId === null) return 'It will not run.';
  try {
    const { state, detail } = await createTicketsClient(context.http(), context.io.interrupted).get(ticketId);
    return `It will not run: its ticket ${ticketId} is ${state}${detail === null ? '' : `: ${oneLine(detail)}`}`;
  } catch (error) {
    if (!(error instanceof Refusal || error instanceof CliFault)) throw error;
    return `It will not run: see its ticket ${ticketId}`;
  }
}
