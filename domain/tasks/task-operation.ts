import type { OperationRefusal } from './ports.ts';
import { isEndedTask, type TaskAction, type TaskState } from './task.ts';

/** Why an operation is refused: a stable word for programs, a sentence for people. */
export interface OperationFault {
  readonly reason: OperationRefusal;
  readonly detail: string;
}

/** Why a task in this state does not take this action, or undefined where it does. */
export function operationFault(action: TaskAction, state: TaskState): OperationFault | undefined {
  if (state === 'awaiting-approval')
    return { reason: 'awaiting-approval', detail: 'The task waits for its ticket: withdraw or decide that' };
  if (isEndedTask(state)) {
    return action === 'retry-failed' && state !== 'refused'
      ? undefined
      : { reason: 'task-ended', detail: `The task has ended (${state})` };
  }
  if (state === 'killing') return { reason: 'kill-already-requested', detail: 'The task is being killed' };
  if (action === 'pause' && state === 'paused')
    return { reason: 'already-paused', detail: 'The task is paused already' };
  if (action === 'continue' && state !== 'paused') return { reason: 'not-paused', detail: 'The task is not paused' };
  return undefined;
}
