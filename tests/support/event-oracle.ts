import { sql } from 'kysely';
import type { Database } from '#db/database.ts';

/** Events of a topic as the ledger has them, in commit order, from the first one that was seen on. */
export async function eventsSince(db: Database, topic: string, first: string): Promise<string[]> {
  const [xid = '0', id = '0'] = first.split('-');
  const { rows } = await sql<{ at: string }>`
    select xid::text || '-' || id::text as at from event
    where topic = ${topic} and (xid, id) >= (${xid}::xid8, ${id}::bigint) order by xid, id`.execute(db);
  return rows.map(({ at }) => at);
}
