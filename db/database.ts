import { Kysely, PostgresDialect, type Transaction } from 'kysely';
import { Pool, type PoolConfig } from 'pg';
import type { Schema } from './schema.ts';

/** The ledger. Repositories take it (or a transaction of it) as their first argument. */
export type Database = Kysely<Schema>;
/** Where a repository must run inside its caller's transaction. */
export type Tx = Transaction<Schema>;

/** The ledger, for work and for housekeeping. */
export interface Databases {
  readonly db: Database;
  /** Few sessions, without time limits: for migrations, retention and walks through whole tables. */
  readonly maintenance: Database;
}

export interface DatabaseHandle extends Databases {
  readonly pool: Pool;
  /** Ends all connections. */
  close(): Promise<void>;
}

/** How long a session may take, in milliseconds, before PostgreSQL ends the statement, or the whole session. */
export interface SessionLimits {
  /** One statement: then 57014. */
  readonly statementMs: number;
  /** Waiting for one lock: then 55P03, which `transact` tries again. */
  readonly lockMs: number;
  /** Silence inside of a transaction: then 25P03, and the session is gone, with its locks. One that listens is in none. */
  readonly idleInTransactionMs: number;
}

const maintenanceSessions = 2;

/** Opens a pool, and one for maintenance that has no `limits`. `onError` hears of connections that break. */
export function openDatabase(
  url: string,
  options: {
    max?: number;
    limits?: SessionLimits;
    applicationName?: string;
    /** Who counts the hosts that this pool's sessions move; empty: whoever holds the task's lock. */
    writer?: string;
    onError?: (error: Error) => void;
  } = {},
): DatabaseHandle {
  const { applicationName = 'signalbox', limits, writer = '', onError } = options;
  const shared = { connectionString: url, connectionTimeoutMillis: 5_000, keepAlive: true };
  const pool = openPool(
    {
      ...shared,
      ...timeouts(limits),
      max: options.max ?? 10,
      application_name: applicationName,
      ...(writer === '' ? {} : { options: `-c signalbox.writer=${writer}` }),
    },
    onError,
  );
  const unlimited = openPool(
    { ...shared, max: maintenanceSessions, application_name: `${applicationName}-maintenance` },
    onError,
  );
  const db = new Kysely<Schema>({ dialect: new PostgresDialect({ pool }) });
  const maintenance = new Kysely<Schema>({ dialect: new PostgresDialect({ pool: unlimited }) });
  return {
    db,
    pool,
    maintenance,
    close: async () => void (await Promise.all([db.destroy(), maintenance.destroy()])),
  };
}

function timeouts(limits: SessionLimits | undefined): PoolConfig {
  if (limits === undefined) return {};
  return {
    statement_timeout: limits.statementMs,
    lock_timeout: limits.lockMs,
    idle_in_transaction_session_timeout: limits.idleInTransactionMs,
  };
}

/** A pool in which a connection that breaks is dropped and replaced, in use or not. */
function openPool(config: PoolConfig, onError: ((error: Error) => void) | undefined): Pool {
  const pool = new Pool(config);
  // The pool listens to idle connections only; one that breaks between two queries of a transaction would end the process.
  pool.on('connect', (client) => client.on('error', (error) => onError?.(error)));
  pool.on('error', (error) => onError?.(error));
  return pool;
}
