import type { Database, Tx } from './database.ts';

/** Reads of one moment: every statement of `read` sees the same, and none can write. */
export async function readSnapshot<T>(db: Database, read: (tx: Tx) => Promise<T>): Promise<T> {
  return db.transaction().setIsolationLevel('repeatable read').setAccessMode('read only').execute(read);
}
