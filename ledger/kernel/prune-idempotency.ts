import { sql } from 'kysely';
import type { Database } from '#db/database.ts';

/** Forgets answers of requests that started work, once they are older than `keepMs`. */
export async function pruneIdempotencyKeys(db: Database, keepMs = 48 * 3_600_000): Promise<number> {
  const result = await db
    .deleteFrom('idempotency_key')
    .where('created_at', '<', sql<Date>`ledger_now() - make_interval(secs => ${keepMs / 1000})`)
    .executeTakeFirst();
  return Number(result.numDeletedRows);
}
