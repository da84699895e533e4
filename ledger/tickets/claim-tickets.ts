import { sql } from 'kysely';
import type { Database } from '#db/database.ts';

/** How long a ticket stands still before it is claimed though nothing is due: its workflow may be gone. */
const quietMs = 600_000;

/**
 * Claims open tickets that want their workflow started: those at which none has looked yet after `newMs`, and those at
 * which none has looked for `stalledMs` though something is due (last checks, a run, a reminder, a time-out), or for
 * ten minutes more though nothing is. A claim holds for `stalledMs`, so that several sweepers share the work (SKIP LOCKED)
 * and a start that failed is tried again.
 */
export async function claimTicketsToStart(
  db: Database,
  options: { newMs: number; stalledMs: number; limit: number },
): Promise<string[]> {
  const stalled = sql`make_interval(secs => ${options.stalledMs / 1000}::float8)`;
  const { rows } = await sql<{ id: string }>`
    update ticket set advanced_at = now()
    where id in (
      select id from ticket
      where state in ('pending', 'approved', 'scheduled', 'applying')
        and case when advanced_at is null then created_at < now() - make_interval(secs => ${options.newMs / 1000}::float8)
            else advanced_at < now() - ${stalled} and (
              state in ('approved', 'applying')
              or least(remind_at, timeout_at, case when state = 'scheduled' then run_at end, expires_at) < now() - ${stalled}
              or advanced_at < now() - ${stalled} - make_interval(secs => ${quietMs / 1000}::float8)) end
      order by created_at limit ${options.limit} for no key update skip locked)
    returning id`.execute(db);
  return rows.map((row) => row.id);
}
