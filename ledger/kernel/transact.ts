import { setTimeout as sleep } from 'node:timers/promises';
import type { Database, Tx } from '#db/database.ts';
import { isRetryable } from '#db/retry.ts';

const attempts = 6;
/** No further try after so long: whoever waits for it has given up by then. */
const patienceMs = 8_000;

/** What each open transaction writes before it commits. */
const lastWrites = new WeakMap<Tx, (() => Promise<void>)[]>();

/**
 * Runs `work` in a transaction, again (up to six times in some seconds, with jitter) after a deadlock, a serialization failure or a lock
 * that did not come in time: `work` must not have effects outside its transaction. What it collected is written last, just
 * before the commit. It does not nest: a transaction in place of `db` is an error.
 */
export async function transact<T>(db: Database, work: (tx: Tx) => Promise<T> | T): Promise<T> {
  const startedAt = performance.now();
  for (let attempt = 1; ; attempt++) {
    try {
      return await transactOnce(db, work);
    } catch (error) {
      const given = attempt >= attempts || performance.now() - startedAt > patienceMs;
      if (given || !isRetryable(error)) throw error;
      await sleep(Math.random() * 10 * 2 ** attempt);
    }
  }
}

/** {@link transact} without another try: for work that comes round again by itself. */
export function transactOnce<T>(db: Database, work: (tx: Tx) => Promise<T> | T): Promise<T> {
  return db.transaction().execute((tx) => runThenWrite(tx, work));
}

async function runThenWrite<T>(tx: Tx, work: (tx: Tx) => Promise<T> | T): Promise<T> {
  const writes: (() => Promise<void>)[] = [];
  lastWrites.set(tx, writes);
  const result = await work(tx);
  lastWrites.delete(tx);
  for (const write of writes) await write();
  return result;
}

/**
 * Makes a collector of entries: `write` gets all that one transaction collected, in order, once its work is done.
 * Collecting in a transaction that `transact` has not opened, or whose work is over, throws: nothing would write it.
 */
export function createCollector<Entry>(
  write: (tx: Tx, entries: readonly Entry[]) => Promise<void>,
): (tx: Tx, entry: Entry) => void {
  const collected = new WeakMap<Tx, Entry[]>();
  return (tx, entry) => {
    const writes = lastWrites.get(tx);
    if (writes === undefined)
      throw new Error('Only inside of transact() can a transaction collect what it writes last');
    const entries = collected.get(tx) ?? [];
    if (entries.length === 0) {
      collected.set(tx, entries);
      writes.push(() => write(tx, entries));
    }
    entries.push(entry);
  };
}
