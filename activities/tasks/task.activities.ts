import { withApplicationFailures } from '#activities/application-failure.ts';
import type { Database } from '#db/database.ts';
import { advanceTask } from '#ledger/tasks/advance-task.ts';
import { applyTaskOperation } from '#ledger/tasks/task-operation.ts';
import type { TaskActivities } from '#domain/tasks/ports.ts';
import type { Logger } from '#platform/logging.ts';

/** What a task's workflow needs of the ledger. `leaseMs`: how long an unheard host keeps its runs. */
export function createTaskActivities(deps: { db: Database; leaseMs: number; logger?: Logger }): TaskActivities {
  return {
    advanceTask: withApplicationFailures(async ({ taskId, step }) => {
      const result = await advanceTask(deps.db, { taskId, step, leaseMs: deps.leaseMs });
      if (result.ended && result.step === step) {
        deps.logger?.info(
          { taskId, workflowId: `task/${taskId}`, state: result.state, counts: result.counts },
          'task ended',
        );
      }
      return result;
    }),
    applyTaskOperation: withApplicationFailures(async ({ taskId, operationId }) => {
      const result = await applyTaskOperation(deps.db, { taskId, operationId });
      deps.logger?.info({ taskId, operationId, applied: result.applied, reason: result.reason }, 'task operation');
      return result;
    }),
  };
}
