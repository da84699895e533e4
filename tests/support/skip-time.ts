import { setTimeout as pause } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { taskWorkflowId } from '#domain/tasks/ports.ts';

/** Lets virtual time pass on the time-skipping server, whatever became of its workers. */
export interface TimeSkipper {
  sleep(ms: number): Promise<void>;
  /** How often the server's clock had to be set going again. */
  readonly freed: () => number;
}

/** As long as a sleep may take before somebody looks what holds it. */
const patienceMs = 2_000;

/**
 * The server skips time only while no task is out; one that a dead worker took along is out until its time-out, in real
 * time. What a workflow leaves open when it closes is out for ever: an activity that nobody waits for any more, or the
 * word to a parent that has closed before. Such holds of the clock are given back here, once each. `taskIds`: the tasks
 * whose workflows may leave some.
 */
export function createTimeSkipper(
  environment: TestWorkflowEnvironment,
  client: Client,
  taskIds: readonly string[],
): TimeSkipper {
  const settled = new Set<string>();
  let freed = 0;

  async function freeTheClock(): Promise<void> {
    for (const taskId of taskIds) {
      if (settled.has(taskId)) continue;
      const holds = await holdsLeftBy(client, taskId);
      if (holds === 'open') continue;
      settled.add(taskId);
      for (let n = 0; n < holds; n++) await environment.connection.testService?.unlockTimeSkipping({});
      freed += holds;
    }
  }

  return {
    freed: () => freed,
    async sleep(ms) {
      let awake = false;
      const slept = environment.sleep(ms).finally(() => (awake = true));
      while (!awake) {
        await Promise.race([slept, pause(patienceMs)]);
        if (!awake) await freeTheClock();
      }
      await slept;
    },
  };
}

/** How many holds a task's workflow left behind when it closed, which it may still have to do. */
async function holdsLeftBy(client: Client, taskId: string): Promise<number | 'open'> {
  const child = await eventsOf(client, taskWorkflowId(taskId));
  if (!isClosed(child)) return 'open';
  const scheduled = child.filter((event) => event.activityTaskScheduledEventAttributes).length;
  const answered = child.filter(
    (event) =>
      event.activityTaskCompletedEventAttributes ??
      event.activityTaskFailedEventAttributes ??
      event.activityTaskTimedOutEventAttributes,
  ).length;
  const parent = child[0]?.workflowExecutionStartedEventAttributes?.parentWorkflowExecution;
  if (!parent?.workflowId || !parent.runId) return scheduled - answered;
  const events = await eventsOf(client, parent.workflowId, parent.runId);
  const noticed = events.some((event) => event.childWorkflowExecutionCompletedEventAttributes);
  if (!noticed && !isClosed(events)) return 'open';
  return scheduled - answered + (noticed ? 0 : 1);
}

async function eventsOf(client: Client, workflowId: string, runId?: string) {
  try {
    const { events } = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    return events ?? [];
  } catch {
    // Never started.
    return [];
  }
}

function isClosed(events: Awaited<ReturnType<typeof eventsOf>>): boolean {
  const last = events.at(-1);
  return [
    last?.workflowExecutionCompletedEventAttributes,
    last?.workflowExecutionFailedEventAttributes,
    last?.workflowExecutionTerminatedEventAttributes,
    last?.workflowExecutionContinuedAsNewEventAttributes,
  ].some((attributes) => attributes != null);
}
