import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { TaskCounts } from '#domain/tasks/host-run.ts';
import {
  controlTaskQueue,
  type OperationResult,
  type TaskOperationInput,
  taskWorkflowId,
} from '#domain/tasks/ports.ts';
import type { TaskAction, TaskState } from '#domain/tasks/task.ts';
import type { HandledOperation } from '../kernel/loop-state.ts';

/** Name of the workflow type. */
export const taskWorkflowType = 'task';

/** What a run of the workflow starts from. Whoever starts a task gives its id alone; the rest is handed on by continue-as-new. */
export interface TaskWorkflowInput {
  readonly taskId: string;
  readonly step?: number;
  readonly handled?: readonly HandledOperation<OperationResult>[];
  /** Signals after which the workflow continues as new (default 5,000). */
  readonly signalLimit?: number;
}

/** What the workflow knows: the ledger as of its last advance. Before the first, `state` is absent. */
export interface TaskProgress {
  readonly taskId: string;
  readonly step: number;
  readonly state?: TaskState;
  readonly counts?: TaskCounts;
}

/** Something happened in the ledger: look again. Carries nothing. */
export const nudgeSignal = defineSignal<[]>('nudge');
export const progressQuery = defineQuery<TaskProgress, []>('progress');

/**
 * Control Updates. Each carries the id of a `task_operation` row, which alone says what is asked and by whom. A refusal by
 * the ledger is an answer (`applied: false` with its reason); an id that is none is refused with the type `invalid-input`,
 * an unknown task with `not-found`. Use the operation's id as Update id.
 */
export const pauseUpdate = defineUpdate<OperationResult, [TaskOperationInput]>('pause');
export const continueUpdate = defineUpdate<OperationResult, [TaskOperationInput]>('continue');
export const killUpdate = defineUpdate<OperationResult, [TaskOperationInput]>('kill');
export const retryFailedUpdate = defineUpdate<OperationResult, [TaskOperationInput]>('retryFailed');

export const taskUpdates = {
  pause: pauseUpdate,
  continue: continueUpdate,
  kill: killUpdate,
  'retry-failed': retryFailedUpdate,
} as const satisfies Record<TaskAction, unknown>;

/**
 * Options with which everybody starts a task's workflow (`client.workflow.start(taskWorkflowType, …)`): one workflow per
 * task at a time, "already started" is success, and an ended one may be started again.
 */
export function taskStartOptions(taskId: string): {
  workflowId: string;
  taskQueue: string;
  args: [TaskWorkflowInput];
  workflowIdConflictPolicy: 'USE_EXISTING';
  workflowIdReusePolicy: 'ALLOW_DUPLICATE';
} {
  return {
    workflowId: taskWorkflowId(taskId),
    taskQueue: controlTaskQueue,
    args: [{ taskId }],
    workflowIdConflictPolicy: 'USE_EXISTING',
    workflowIdReusePolicy: 'ALLOW_DUPLICATE',
  };
}
