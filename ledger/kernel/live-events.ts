import { sql } from 'kysely';
import type { Database } from '#db/database.ts';
import type { Topic } from '#domain/names.ts';

/** Channel that every insert notifies at commit; the payload is empty, listeners read the table. */
export const eventChannel = 'signalbox_event';

/** Where a reader stands: everything up to and with it has been seen. Text form `<xid>-<id>`. */
export interface EventPosition {
  readonly xid: string;
  readonly id: string;
}

export interface LiveEvent extends EventPosition {
  readonly topic: string;
  readonly data: Record<string, unknown>;
}

/** Tells live pages, when (and only when) the caller's transaction commits. */
export async function emitEvent(tx: Database, topic: Topic, data: Record<string, unknown>): Promise<void> {
  await sql`insert into event (topic, data) values (${topic}, ${JSON.stringify(data)}::jsonb)
    returning pg_notify(${eventChannel}, '')`.execute(tx);
}

/**
 * Events after a position in commit-safe order. Only those of transactions below the snapshot's xmin are read: whatever
 * is still open will get a higher place than all that is returned, so that nothing that commits late is skipped.
 */
export async function readEventsAfter(db: Database, position: EventPosition, limit: number): Promise<LiveEvent[]> {
  const { rows } = await sql<{ xid: string; id: string; topic: string; data: Record<string, unknown> }>`
    select xid::text as xid, id::text as id, topic, data from event
    where (xid, id) > (${position.xid}::xid8, ${position.id}::bigint) and xid < pg_snapshot_xmin(pg_current_snapshot())
    order by xid, id limit ${limit}`.execute(db);
  return rows;
}

/**
 * The position of now: whatever commits from here on comes after it. It is that of an event (or of the floor), not of the
 * next transaction id: after a crash PostgreSQL gives ids out again that never reached its log.
 */
export async function currentEventPosition(db: Database): Promise<EventPosition> {
  const { rows } = await sql<EventPosition>`
    select xid::text as xid, id::text as id from event where xid < pg_snapshot_xmin(pg_current_snapshot())
    order by event.xid desc, event.id desc limit 1`.execute(db);
  return rows[0] ?? (await readEventFloor(db));
}

/** Everything at or below the floor has been pruned; a reader that stands lower has to start anew. */
export async function readEventFloor(db: Database): Promise<EventPosition> {
  const row = await db.selectFrom('event_floor').select(['xid', 'id']).executeTakeFirst();
  return row ?? { xid: '0', id: '0' };
}

/** Removes events older than `keepMs` and moves the floor. Returns how many went. */
export async function pruneEvents(db: Database, keepMs = 3_600_000): Promise<number> {
  const { rows } = await sql<{ count: string }>`
    with last as (
      select xid, id from event
      where at < ledger_now() - make_interval(secs => ${keepMs / 1000}) and xid < pg_snapshot_xmin(pg_current_snapshot())
      order by xid desc, id desc limit 1),
    floor as (
      insert into event_floor (xid, id) select xid, id from last
      on conflict (one) do update set xid = excluded.xid, id = excluded.id
      where (event_floor.xid, event_floor.id) < (excluded.xid, excluded.id)),
    gone as (delete from event where exists (select 1 from last where (event.xid, event.id) <= (last.xid, last.id)) returning 1)
    select count(*) from gone`.execute(db);
  return Number(rows[0]?.count ?? 0);
}

/** `<xid>-<id>` as sent to browsers. */
export function formatEventPosition(position: EventPosition): string {
  return `${position.xid}-${position.id}`;
}

/** The position in a `Last-Event-ID`, or undefined where the text is none. */
export function parseEventPosition(text: string): EventPosition | undefined {
  const match = /^(\d{1,19})-(\d{1,19})$/.exec(text);
  if (match?.[1] === undefined || match[2] === undefined) return undefined;
  if (BigInt(match[2]) > 9223372036854775807n) return undefined;
  return { xid: match[1], id: match[2] };
}
