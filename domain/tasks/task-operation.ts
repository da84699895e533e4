import { because, type Reason } from '../reasons.ts';
import { isEndedTask, type TaskAction, type TaskState } from './task.ts';

/** Why a task in this state does not take this action, or undefined where it does. */
export function operationFault(action: TaskAction, state: TaskState): Reason | undefined {
  if (state === 'awaiting-approval') return because('awaiting-approval');
  if (isEndedTask(state)) {
    return action === 'retry-failed' && state !== 'refused' ? undefined : because('task-ended', { state });
  }
  if (state === 'killing') return because('kill-already-requested');
  if (action === 'pause' && state === 'paused') return because('already-paused');
  if (action === 'continue' && state !== 'paused') return because('not-paused');
  return undefined;
}
