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

/** One line of a task's story. `actor` is null for what the platform did by itself. */
export interface TaskTimelineEntry {
  readonly id: string;
  readonly at: string;
  readonly kind: string;
  readonly actor: string | null;
  readonly details: Record<string, unknown>;
}

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

/** The story of a task, oldest first, from after the entry `after`. */
export async function readTaskTimeline(
  db: Database,
  taskId: string,
  page: { after?: string; limit: number },
): Promise<TaskTimelineEntry[]> {
  let query = db
    .selectFrom('task_timeline')
    .select(['id', 'at', 'kind', 'actor', 'details'])
    .where('task_id', '=', taskId)
    .orderBy('id')
    .limit(page.limit);
  if (page.after !== undefined) query = query.where('id', '>', page.after);
  const rows = await query.execute();
  return rows.map((row) => ({ ...row, at: row.at.toISOString() }));
}
