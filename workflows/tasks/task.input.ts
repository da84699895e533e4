import { ApplicationFailure } from '@temporalio/common';
import { taskWorkflowId } from '#domain/tasks/ports.ts';
import { isAbsentOr, isCount, isRowId } from '../kernel/row-id.ts';
import type { TaskWorkflowInput } from './task.messages.ts';

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
