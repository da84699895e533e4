import { type Client, WithStartWorkflowOperation } from '@temporalio/client';
import type { Database } from '#db/database.ts';
import { pruneEvents } from '#db/events/event.repository.ts';
import { claimTasksToStart, pruneIdempotencyKeys } from '#db/tasks/open-task.repository.ts';
import { findRequestedOperations } from '#db/tasks/task-operation.repository.ts';
import type { TaskAction } from '#domain/tasks/task.ts';
import type { Logger } from '#platform/logging.ts';
import type { Service } from '#platform/process.ts';
import { taskStartOptions, taskUpdates, taskWorkflowType } from '#workflows/tasks/task.messages.ts';

export interface SweeperDeps {
  readonly db: Database;
  readonly client: Client;
  readonly logger: Logger;
}

export interface SweeperOptions {
  readonly intervalMs?: number;
  /** An open task that did not advance for so long gets its workflow started (again). Longer than any recheck. */
  readonly stalledMs?: number;
  /** An operation that is not handled after this is sent (again). */
  readonly operationMs?: number;
}

/** Most that one sweep takes up; the rest waits for the next. */
const batch = 100;
const callMs = 5_000;
const pruneEveryMs = 60_000;

/**
 * Sends on what the ledger holds and Temporal has not heard of: tasks to start, operations to carry out. Any number may
 * run side by side; whatever fails is tried again by a later sweep. `sweep()` does one round, for tests.
 */
export function createSweeper(deps: SweeperDeps, options: SweeperOptions = {}): Service & { sweep(): Promise<void> } {
  const { db, client, logger } = deps;
  const intervalMs = options.intervalMs ?? 2_000;
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  let running: Promise<void> = Promise.resolve();
  let prunedAt = 0;

  const call = <T>(work: () => Promise<T>): Promise<T> => client.connection.withDeadline(Date.now() + callMs, work);

  async function startTasks(): Promise<void> {
    const taskIds = await claimTasksToStart(db, {
      submittedMs: intervalMs,
      stalledMs: options.stalledMs ?? 90_000,
      limit: batch,
    });
    for (const taskId of taskIds) {
      await call(() => client.workflow.start(taskWorkflowType, taskStartOptions(taskId)));
      logger.info({ taskId }, 'started the workflow of an open task');
    }
  }

  async function sendOperations(): Promise<void> {
    for (const operation of await findRequestedOperations(db, options.operationMs ?? 2_000, batch)) {
      await call(() => sendOperation(client, operation)).catch((error: unknown) =>
        logger.warn({ err: error, operationId: operation.id, taskId: operation.taskId }, 'operation not sent'),
      );
    }
  }

  async function prune(): Promise<void> {
    if (Date.now() - prunedAt < pruneEveryMs) return;
    prunedAt = Date.now();
    await pruneEvents(db);
    await pruneIdempotencyKeys(db);
  }

  async function sweep(): Promise<void> {
    for (const part of [startTasks, sendOperations, prune]) {
      try {
        await part();
      } catch (error) {
        logger.warn({ err: error, part: part.name }, 'sweep failed, trying again');
      }
    }
  }

  function schedule(delayMs: number): void {
    if (stopped) return;
    timer = setTimeout(() => {
      running = sweep().then(() => schedule(intervalMs));
    }, delayMs);
  }

  return {
    name: 'sweeper',
    sweep,
    start() {
      schedule(0);
      return Promise.resolve();
    },
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await running;
    },
  };
}

/** Hands an operation to the task's workflow, starting it where none runs. Returns once a worker has accepted it. */
async function sendOperation(
  client: Client,
  operation: { id: string; taskId: string; action: TaskAction },
): Promise<void> {
  const startWorkflowOperation = new WithStartWorkflowOperation(taskWorkflowType, taskStartOptions(operation.taskId));
  // A failed start is told by the Update itself; nobody waits for the handle.
  startWorkflowOperation.workflowHandle().catch(() => undefined);
  await client.workflow.startUpdateWithStart(taskUpdates[operation.action], {
    updateId: operation.id,
    args: [{ operationId: operation.id }],
    waitForStage: 'ACCEPTED',
    startWorkflowOperation,
  });
}
