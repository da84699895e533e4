import { Migrator, type Migration } from 'kysely/migration';
import type { Database } from './database.ts';
import * as spine from './migrations/0001-spine.ts';
import * as changes from './migrations/0002-changes.ts';
import * as scripts from './migrations/0003-scripts.ts';
import * as operations from './migrations/0004-operations.ts';
import * as announcements from './migrations/0005-announcements.ts';
import * as changeRows from './migrations/0006-change-rows.ts';
import * as taskCounts from './migrations/0007-task-counts.ts';
import * as taskWindows from './migrations/0008-task-windows.ts';
import * as secrets from './migrations/0010-secrets.ts';
import * as firstNodes from './migrations/0011-first-nodes.ts';
import * as names from './migrations/0012-names.ts';
import * as schedules from './migrations/0013-schedules.ts';

const migrations: Record<string, Migration> = {
  '0001-spine': spine,
  '0002-changes': changes,
  '0003-scripts': scripts,
  '0004-operations': operations,
  '0005-announcements': announcements,
  '0006-change-rows': changeRows,
  '0007-task-counts': taskCounts,
  '0008-task-windows': taskWindows,
  '0010-secrets': secrets,
  '0011-first-nodes': firstNodes,
  '0012-names': names,
  '0013-schedules': schedules,
};

/** Brings the schema up to date (one process at a time: kysely holds a lock). Returns the names that ran. */
export async function migrate(db: Database): Promise<string[]> {
  const migrator = new Migrator({ db, provider: { getMigrations: () => Promise.resolve(migrations) } });
  const { error, results } = await migrator.migrateToLatest();
  if (error !== undefined) throw error instanceof Error ? error : new Error('The migration failed', { cause: error });
  return (results ?? []).map((result) => result.migrationName);
}
