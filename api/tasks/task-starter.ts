import { WithStartWorkflowOperation } from '@temporalio/client';
import type { Logger } from '#platform/logging.ts';
import type { TaskAction } from '#domain/tasks/task.ts';
import type { TemporalClientHandle } from '#platform/temporal.ts';
import { taskStartOptions, taskUpdates, taskWorkflowType } from '#workflows/tasks/task.messages.ts';

const startTimeoutMs = 2_000;
const updateTimeoutMs = 5_000;

/** Tells Temporal of what the ledger holds already. For speed only: sweepers in the workers tell it again. */
export interface TaskStarter {
  /** Starts a task's workflow in the background, within 2 s or not at all. */
  start(taskId: string): void;
  /** Sends an operation to the task's workflow and waits for its answer, up to 5 s. False where none came. */
  operate(input: { taskId: string; operationId: string; action: TaskAction }): Promise<boolean>;
  /** Waits for starts under way. */
  drain(): Promise<void>;
}

export function createTaskStarter(temporal: TemporalClientHandle, logger: Logger): TaskStarter {
  const underWay = new Set<Promise<void>>();

  async function startNow(taskId: string): Promise<void> {
    try {
      await temporal.client.withDeadline(Date.now() + startTimeoutMs, () =>
        temporal.client.workflow.start(taskWorkflowType, taskStartOptions(taskId)),
      );
    } catch (error) {
      logger.warn({ taskId, err: error }, 'the workflow was not started at once; a sweeper will');
    }
  }

  return {
    start(taskId) {
      const start = startNow(taskId).finally(() => underWay.delete(start));
      underWay.add(start);
    },
    async operate({ taskId, operationId, action }) {
      // Where nothing answers at all there is nothing to wait for.
      if (!(await temporal.healthy())) return false;
      const deadline = Date.now() + updateTimeoutMs;
      try {
        const startWorkflowOperation = new WithStartWorkflowOperation(taskWorkflowType, taskStartOptions(taskId));
        // A failed start is told by the Update itself; nobody waits for the handle.
        startWorkflowOperation.workflowHandle().catch(() => undefined);
        await temporal.client.withDeadline(deadline, () =>
          temporal.client.workflow.executeUpdateWithStart(taskUpdates[action], {
            startWorkflowOperation,
            updateId: operationId,
            args: [{ operationId }],
          }),
        );
        return true;
      } catch (error) {
        logger.warn(
          { taskId, operationId, err: error },
          'the operation got no answer in time; a sweeper will send it again',
        );
        return false;
      }
    },
    async drain() {
      await Promise.all(underWay);
    },
  };
}
