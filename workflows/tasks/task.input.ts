import { ApplicationFailure } from '@temporalio/common';
import { taskWorkflowId } from '#domain/tasks/ports.ts';
import type { TaskWorkflowInput } from './task.messages.ts';

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Whether a text is the id of a row. */
export function isRowId(value: unknown): value is string {
  return typeof value === 'string' && uuid.test(value);
}

/** Refuses an input that is none of ours: anyone who reaches Temporal's port can start a workflow with anything. */
export function checkTaskInput(input: unknown, workflowId: string): asserts input is TaskWorkflowInput {
  const given = (typeof input === 'object' ? input : null) as Partial<Record<keyof TaskWorkflowInput, unknown>> | null;
  const fits =
    given !== null &&
    isRowId(given.taskId) &&
    workflowId === taskWorkflowId(given.taskId) &&
    isAbsentOr(given.step, isCount) &&
    isAbsentOr(given.signalLimit, isCount) &&
    isAbsentOr(given.handled, Array.isArray);
  if (!fits) throw ApplicationFailure.nonRetryable('A task workflow is task/<id of a task>', 'invalid-input');
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isAbsentOr(value: unknown, fits: (value: unknown) => boolean): boolean {
  return value === undefined || fits(value);
}
