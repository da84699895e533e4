import { claimTasksToStart } from '#ledger/tasks/claim-tasks.ts';
import { findRequestedOperations } from '#ledger/tasks/task-operation.ts';
import { taskStartOptions, taskUpdates, taskWorkflowType } from '#workflows/tasks/task.messages.ts';
import { sendOperation, startWorkflow } from './send-on.ts';
import type { SweeperDeps, SweepLimits } from './sweep-limits.ts';

const workflowOf = (taskId: string) => ({ type: taskWorkflowType, options: taskStartOptions(taskId) });

/** Starts the workflows of open tasks that nobody started, or that stand still. */
export async function startTasks({ db, client, logger }: SweeperDeps, limits: SweepLimits): Promise<void> {
  const { newMs, stalledMs, batch } = limits;
  for (const taskId of await claimTasksToStart(db, { submittedMs: newMs, stalledMs, limit: batch })) {
    await startWorkflow(client, workflowOf(taskId));
    logger.info({ taskId }, 'started the workflow of an open task');
  }
}

/** Sends operations on tasks that got lost on their way. */
export async function sendTaskOperations({ db, client, logger }: SweeperDeps, limits: SweepLimits): Promise<void> {
  for (const { id, taskId, action } of await findRequestedOperations(db, limits.operationMs, limits.batch)) {
    await sendOperation(client, workflowOf(taskId), taskUpdates[action], id).catch((error: unknown) =>
      logger.warn({ err: error, operationId: id, taskId }, 'operation not sent'),
    );
  }
}
