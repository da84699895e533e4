import type { Database } from '#db/database.ts';

/** One line of a task's story. `actor` is null for what the platform did by itself. */
export interface TaskTimelineEntry {
  readonly id: string;
  readonly at: string;
  readonly kind: string;
  readonly actor: string | null;
  readonly details: Record<string, unknown>;
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
