import { sql } from 'kysely';
import type { Database } from '#db/database.ts';

const tables = ['task', 'host_run', 'host_output', 'task_timeline', 'event', 'audit'] as const;

/** Rows that tasks leave in the ledger, by table. */
export type LedgerRows = Readonly<Record<(typeof tables)[number], number>>;

/** Rows in the tables that a task writes to. */
export async function countLedgerRows(db: Database): Promise<LedgerRows> {
  const rows: Partial<Record<(typeof tables)[number], number>> = {};
  for (const table of tables) {
    const counted = await sql<{ n: string }>`select count(*) as n from ${sql.table(table)}`.execute(db);
    rows[table] = Number(counted.rows[0]?.n ?? 0);
  }
  return rows as LedgerRows;
}

/** The rows that came in between, divided over `tasks` tasks and rounded. */
export function rowsPerTask(before: LedgerRows, after: LedgerRows, tasks: number): LedgerRows {
  const entries = tables.map((table) => [table, Math.round((after[table] - before[table]) / tasks)]);
  return Object.fromEntries(entries) as LedgerRows;
}
