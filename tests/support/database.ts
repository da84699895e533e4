import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';
import { type DatabaseHandle, openDatabase, type SessionLimits } from '#db/database.ts';
import { wrongCounts } from './task-counts.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** URL of the run's PostgreSQL server, with the migrated database `template_signalbox`. */
    postgresUrl: string;
  }
}

export interface TestDatabase extends DatabaseHandle {
  readonly url: string;
  /** Closes the pool and drops the database. */
  remove(): Promise<void>;
}

/** A fresh, migrated database on the run's own PostgreSQL server (started once by tests/support/global-postgres.ts). */
export async function createTestDatabase(
  options: { max?: number; limits?: SessionLimits } = {},
): Promise<TestDatabase> {
  const server = inject('postgresUrl');
  const name = `t_${randomUUID().replaceAll('-', '')}`;
  const admin = async (statement: string) => {
    const client = new pg.Client({ connectionString: server });
    await client.connect();
    await client.query(statement).finally(() => client.end());
  };
  await admin(`create database ${name} template template_signalbox`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  const handle = openDatabase(url.href, { max: 5, ...options });
  return {
    ...handle,
    url: url.href,
    async remove() {
      // Whatever a test did, in whatever order and at the same time: what is counted is what is there.
      const wrong = await wrongCounts(handle.maintenance).catch(() => []);
      await handle.close();
      await admin(`drop database if exists ${name} with (force)`);
      if (wrong.length > 0) throw new Error(`counts of tasks are wrong: ${JSON.stringify(wrong)}`);
    },
  };
}
