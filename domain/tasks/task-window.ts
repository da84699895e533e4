import type { TaskState } from './task.ts';
import { decide, type TaskStanding } from './task-policy.ts';

/**
 * What a task's workflow is woken for: the error limit is reached, nothing runs or waits any more, or a host has not been
 * heard for longer than its lease. All else between is hand-out, which needs no decision.
 */
export const windowDues = ['errors', 'end', 'lease'] as const;
export type WindowDue = (typeof windowDues)[number];

/** A task's window with the hosts as they are now. */
export interface WindowPosition extends TaskStanding {
  readonly state: TaskState;
  /** Hosts may be handed out as places become free. */
  readonly open: boolean;
  /** What its workflow was woken for, and has not looked at yet. */
  readonly due: WindowDue | undefined;
}

export type WindowDecision =
  | { readonly do: 'nothing' }
  | { readonly do: 'hand-out'; readonly hosts: number }
  | { readonly do: 'wake'; readonly due: WindowDue };

const nothing = { do: 'nothing' } as const;

/** What may be done between two advances, by the rule by which a task advances. Pure. */
export function decideInWindow(position: WindowPosition): WindowDecision {
  const { state, due } = position;
  if (state !== 'running' && state !== 'paused' && state !== 'killing') return nothing;
  const decision = decide({ ...position, state });
  switch (decision.do) {
    case 'wait':
      return nothing;
    case 'hand-out':
      return position.open ? decision : nothing;
    case 'stop-handing-out':
      return due === 'errors' ? nothing : { do: 'wake', due: 'errors' };
    case 'end':
      return due === 'end' ? nothing : { do: 'wake', due: 'end' };
  }
}
