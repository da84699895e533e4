import type { Logger } from '#platform/logging.ts';
import type { TaskAction } from '#domain/tasks/task.ts';
import type { TemporalClientHandle } from '#platform/temporal.ts';
import { createWorkflowStarter, type StartableWorkflow } from '#api/kernel/workflow-starter.ts';
import { taskStartOptions, taskUpdates, taskWorkflowType } from '#workflows/tasks/task.messages.ts';

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
  const starter = createWorkflowStarter(temporal, logger);
  return {
    start: (taskId) => starter.start(workflowOf(taskId)),
    operate: ({ taskId, operationId, action }) => starter.operate(workflowOf(taskId), taskUpdates[action], operationId),
    drain: () => starter.drain(),
  };
}

function workflowOf(taskId: string): StartableWorkflow {
  return { type: taskWorkflowType, options: taskStartOptions(taskId), about: { taskId } };
}
