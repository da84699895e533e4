import { setTimeout as sleep } from 'node:timers/promises';
import type { Database, Tx } from './database.ts';

const attempts = 6;

/** Deadlock, serialization failure: the transaction did nothing and may be tried again. */
export function isRetryable(error: unknown): boolean {
  const code = (error as { code?: unknown } | null)?.code;
  return code === '40P01' || code === '40001';
}

/**
 * Runs `fn` in a transaction, again (up to six times, with jitter) after a deadlock or a serialization failure.
 * `fn` must not have effects outside its transaction.
 */
export async function withRetry<T>(db: Database, fn: (tx: Tx) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await db.transaction().execute(fn);
    } catch (error) {
      if (attempt >= attempts || !isRetryable(error)) throw error;
      await sleep(Math.random() * 10 * 2 ** attempt);
    }
  }
}
