import { Kysely, PostgresDialect, type Transaction } from 'kysely';
import { Pool } from 'pg';
import type { Schema } from './schema.ts';

/** The ledger. Repositories take it (or a transaction of it) as their first argument. */
export type Database = Kysely<Schema>;
/** Where a repository must run inside its caller's transaction. */
export type Tx = Transaction<Schema>;

export interface DatabaseHandle {
  readonly db: Database;
  readonly pool: Pool;
  /** Ends all connections. */
  close(): Promise<void>;
}

/** Opens a pool. A connection that breaks is dropped and replaced, in use or not; `onError` hears of it. */
export function openDatabase(
  url: string,
  options: { max?: number; applicationName?: string; onError?: (error: Error) => void } = {},
): DatabaseHandle {
  const pool = new Pool({
    connectionString: url,
    max: options.max ?? 10,
    application_name: options.applicationName ?? 'signalbox',
    connectionTimeoutMillis: 5_000,
    keepAlive: true,
  });
  // The pool listens to idle connections only; one that breaks between two queries of a transaction would end the process.
  pool.on('connect', (client) => client.on('error', (error) => options.onError?.(error)));
  pool.on('error', (error) => options.onError?.(error));
  const db = new Kysely<Schema>({ dialect: new PostgresDialect({ pool }) });
  return { db, pool, close: () => db.destroy() };
}
