import { defineQuery, defineUpdate } from '@temporalio/workflow';
import type { OperationInput } from '#domain/durables.ts';
import type { TaskCounts } from '#domain/tasks/host-run.ts';
import type { OperationResult } from '#domain/tasks/ports.ts';
import type { TaskAction, TaskState } from '#domain/tasks/task.ts';
import { type DurableMessages, type StartOptions, startOptions } from '../kernel/durable.messages.ts';
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

export const progressQuery = defineQuery<TaskProgress, []>('progress');

/**
 * Control Updates. Each carries the id of an operation's row, which alone says what is asked and by whom. A refusal by the
 * ledger is an answer (`applied: false` with its reason); an id that is none is refused with the type `invalid-input`, an
 * unknown task with `not-found`.
 */
export const taskUpdates = {
  pause: defineUpdate<OperationResult, [OperationInput]>('pause'),
  continue: defineUpdate<OperationResult, [OperationInput]>('continue'),
  kill: defineUpdate<OperationResult, [OperationInput]>('kill'),
  'retry-failed': defineUpdate<OperationResult, [OperationInput]>('retryFailed'),
} as const satisfies Record<TaskAction, unknown>;

/** Options with which everybody starts a task's workflow (`client.workflow.start(taskWorkflowType, …)`). */
export function taskStartOptions(taskId: string): StartOptions<TaskWorkflowInput> {
  return startOptions('task', taskId, { taskId });
}

export const taskMessages = {
  type: taskWorkflowType,
  startOptions: taskStartOptions,
  updates: taskUpdates,
} as const satisfies DurableMessages<'task'>;
