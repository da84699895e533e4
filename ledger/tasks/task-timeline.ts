import type { Database } from '#db/database.ts';

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

/** Adds a line to the story of a task. */
export async function appendTaskTimeline(
  db: Database,
  taskId: string,
  kind: TaskTimelineKind,
  more: { actor?: string; details?: Record<string, unknown> } = {},
): Promise<void> {
  await db
    .insertInto('task_timeline')
    .values({ task_id: taskId, kind, actor: more.actor ?? null, details: JSON.stringify(more.details ?? {}) })
    .execute();
}
