import { sql } from 'kysely';
import type { Database } from '#db/database.ts';

/** A schedule of which Temporal is to be told. */
export interface UnsentSchedule {
  readonly id: string;
  readonly version: number;
  readonly cron: string;
  readonly zone: string;
  readonly catchUpMs: number;
  readonly paused: boolean;
  readonly deleted: boolean;
}

/** Schedules that were changed since Temporal was told of them. */
export async function findUnsent(db: Database, limit: number): Promise<UnsentSchedule[]> {
  const { rows } = await sql<UnsentSchedule>`
    select id, version, cron, zone, catch_up_ms::float8 as "catchUpMs", paused, deleted_at is not null as deleted
    from schedule where version <> sent_version order by id limit ${limit}`.execute(db);
  return rows;
}

/** Temporal has been told of this version; the row of one that was deleted goes. */
export async function markSent(db: Database, { id, version, deleted }: UnsentSchedule): Promise<void> {
  if (deleted) await db.deleteFrom('schedule').where('id', '=', id).where('version', '=', version).execute();
  else await db.updateTable('schedule').set({ sent_version: version }).where('id', '=', id).execute();
}

/** Has those told again that Temporal does not have as it should; `known`: version by id. */
export async function resendUnknown(db: Database, known: ReadonlyMap<string, number>): Promise<number> {
  const { numAffectedRows = 0n } = await sql`
    update schedule set sent_version = 0
    where version = sent_version and not exists (
      select from unnest(${[...known.keys()]}::uuid[], ${[...known.values()]}::int[]) as known (id, version)
      where known.id = schedule.id and known.version = schedule.version)`.execute(db);
  return Number(numAffectedRows);
}

/** Firings that wait for a predecessor which is over by now, oldest first. */
export async function findStartable(db: Database, limit: number): Promise<{ scheduleId: string; dueAt: Date }[]> {
  const { rows } = await sql<{ scheduleId: string; dueAt: Date }>`
    select f.schedule_id as "scheduleId", f.due_at as "dueAt" from firing f
    where f.state = 'queued' and not exists (
      select from (select subject_id from firing where schedule_id = f.schedule_id and state = 'started'
                   order by decided_at desc limit 1) as last
        join change c on c.subject_id = last.subject_id
      where c.state in ('proposed', 'applying'))
    order by f.due_at limit ${limit}`.execute(db);
  return rows;
}
