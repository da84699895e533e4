import type { Tx } from '#db/database.ts';
import type { TaskCounts } from '#domain/tasks/host-run.ts';
import type { TaskState } from '#domain/tasks/task.ts';
import { emitEvent } from '#ledger/kernel/live-events.ts';

/** What happens to a task, in stable words. */
export type TaskTimelineKind =
  | 'submitted'
  | 'resubmitted'
  | 'approved'
  | 'refused'
  | 'started'
  | 'hosts-lost'
  | 'stopped-by-errors'
  | 'paused'
  | 'continued'
  | 'kill-requested'
  | 'retry-requested'
  | 'late-result'
  | 'ended';

/** One thing that happened to a task, with all that follows from it. */
export interface TaskHappening {
  /** A line of its story; `actor` left out: the platform did it by itself. */
  readonly story?: {
    readonly kind: TaskTimelineKind;
    readonly actor?: string;
    readonly details?: Readonly<Record<string, unknown>>;
  };
  /** The state that lists of tasks show from now on. */
  readonly listed?: TaskState;
  /** Where the page of the task stands from now on. */
  readonly shown?: { readonly state: TaskState; readonly counts: TaskCounts };
}

/** Writes down what happened to a task: a line of its story and the live events. The caller has changed its row. */
export async function record(tx: Tx, taskId: string, { story, listed, shown }: TaskHappening): Promise<void> {
  if (story !== undefined) {
    const { kind, actor = null, details = {} } = story;
    await tx
      .insertInto('task_timeline')
      .values({ task_id: taskId, kind, actor, details: JSON.stringify(details) })
      .execute();
  }
  if (listed !== undefined) await emitEvent(tx, 'tasks', { id: taskId, state: listed });
  if (shown !== undefined) await emitEvent(tx, `task:${taskId}`, { id: taskId, ...shown });
}
