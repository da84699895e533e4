import type { TaskCounts } from '#domain/tasks/host-run.ts';
import type { TaskState } from '#domain/tasks/task.ts';
import { createRecord, liveEvents, storyIn } from '#ledger/kernel/record.ts';

/** What happens to a task, in stable words. */
export type TaskTimelineKind =
  | 'submitted'
  | 'resubmitted'
  | 'approved'
  | 'refused'
  | 'started'
  | 'hosts-lost'
  | 'spool-replaced'
  | 'stopped-by-errors'
  | 'paused'
  | 'continued'
  | 'kill-requested'
  | 'retry-requested'
  | 'late-result'
  | 'ended';

type RecordedTask = { readonly id: string };

/** Writes down what happened to a task. */
export const record = createRecord({
  story: storyIn<RecordedTask, TaskTimelineKind>('task_timeline', ({ id }) => ({ task_id: id })),
  /** The state that lists of tasks show from now on. */
  listed: liveEvents(({ id }: RecordedTask, state: TaskState) => [['tasks', { id, state }]]),
  /** Where the page of the task stands from now on. */
  shown: liveEvents(({ id }: RecordedTask, at: { readonly state: TaskState; readonly counts: TaskCounts }) => [
    [`task:${id}`, { id, ...at }],
  ]),
});
