import { sql } from 'kysely';
import type { Database } from './database.ts';

/** What time it is for the ledger: PostgreSQL's clock, so that all processes mean the same. */
export async function readLedgerNow(db: Database): Promise<Date> {
  const { rows } = await sql<{ now: Date }>`select ledger_now() as now`.execute(db);
  if (rows[0] === undefined) throw new Error('PostgreSQL does not say what time it is');
  return rows[0].now;
}
