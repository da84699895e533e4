import { WithStartWorkflowOperation, type Workflow, type WorkflowStartOptions } from '@temporalio/client';
import type { UpdateDefinition } from '@temporalio/common';
import type { Logger } from '#platform/logging.ts';
import type { TemporalClientHandle } from '#platform/temporal.ts';

const startTimeoutMs = 2_000;
const updateTimeoutMs = 5_000;

/** A workflow as everybody starts it, and what its log lines are about. */
export interface StartableWorkflow {
  readonly type: string;
  readonly options: WorkflowStartOptions<Workflow>;
  readonly about: Readonly<Record<string, string>>;
}

/** Tells Temporal of what the ledger holds already. For speed only: sweepers in the workers tell it again. */
export interface WorkflowStarter {
  /** Starts a workflow in the background, within 2 s or not at all. */
  start(workflow: StartableWorkflow): void;
  /** Sends an operation to a workflow, started where none runs, and waits for its answer, up to 5 s. False where none came. */
  operate(
    workflow: StartableWorkflow,
    update: UpdateDefinition<unknown, [{ readonly operationId: string }]>,
    operationId: string,
  ): Promise<boolean>;
  /** Waits for starts under way. */
  drain(): Promise<void>;
}

export function createWorkflowStarter(temporal: TemporalClientHandle, logger: Logger): WorkflowStarter {
  const underWay = new Set<Promise<void>>();

  async function startNow({ type, options, about }: StartableWorkflow): Promise<void> {
    try {
      await temporal.client.withDeadline(Date.now() + startTimeoutMs, () =>
        temporal.client.workflow.start(type, options),
      );
    } catch (error) {
      logger.warn({ ...about, err: error }, 'the workflow was not started at once; a sweeper will');
    }
  }

  return {
    start(workflow) {
      const start = startNow(workflow).finally(() => underWay.delete(start));
      underWay.add(start);
    },
    async operate({ type, options, about }, update, operationId) {
      // Where nothing answers at all there is nothing to wait for.
      if (!(await temporal.healthy())) return false;
      const deadline = Date.now() + updateTimeoutMs;
      try {
        const startWorkflowOperation = new WithStartWorkflowOperation(type, {
          ...options,
          workflowIdConflictPolicy: 'USE_EXISTING',
        });
        // A failed start is told by the Update itself; nobody waits for the handle.
        startWorkflowOperation.workflowHandle().catch(() => undefined);
        await temporal.client.withDeadline(deadline, () =>
          temporal.client.workflow.executeUpdateWithStart(update, {
            startWorkflowOperation,
            updateId: operationId,
            args: [{ operationId }],
          }),
        );
        return true;
      } catch (error) {
        logger.warn(
          { ...about, operationId, err: error },
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
