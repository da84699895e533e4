import { sql } from 'kysely';
import type { Database } from '#db/database.ts';

/**
 * Claims open tasks that want their workflow started: `submitted` ones at once, others after standing still for
 * `stalledMs`. A claim holds for `claimMs` (submitted) or `stalledMs`, so that several sweepers share the work
 * (SKIP LOCKED) and a start that failed is tried again.
 */
export async function claimTasksToStart(
  db: Database,
  options: { submittedMs: number; stalledMs: number; limit: number },
): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    update task set advanced_at = now()
    where id in (
      select id from task
      where state in ('submitted', 'running', 'paused', 'killing')
        and coalesce(advanced_at, created_at) < now() - make_interval(secs => case
          when state = 'submitted' then ${options.submittedMs / 1000}::float8 else ${options.stalledMs / 1000}::float8 end)
      order by created_at limit ${options.limit} for no key update skip locked)
    returning id`.execute(db);
  return rows.map((row) => row.id);
}
