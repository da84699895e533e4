import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** A lock held by this process. The kernel lets go of it when the process ends, however it ends. */
export interface FileLock {
  release(): void;
}

const sqliteBusy = 5;

async function openSqlite() {
  const emitWarning = process.emitWarning.bind(process);
  // node:sqlite warns once, at import, that it is experimental; nobody who reads our output can act on it.
  process.emitWarning = () => undefined;
  try {
    return await import('node:sqlite');
  } finally {
    process.emitWarning = emitWarning;
  }
}

/**
 * Takes the lock of `path` (an SQLite file in an exclusive transaction) or answers undefined when another process has it.
 * Nothing else in this process may open `path`: closing any descriptor of it would drop the lock.
 */
export async function tryFileLock(path: string): Promise<FileLock | undefined> {
  const { DatabaseSync } = await openSqlite();
  mkdirSync(dirname(path), { recursive: true });
  const database = new DatabaseSync(path, { timeout: 0 });
  try {
    database.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    if ((error as { errcode?: number }).errcode === sqliteBusy) return undefined;
    throw error;
  }
  return {
    release() {
      if (database.isOpen) database.close();
    },
  };
}

/** Waits for the lock of `path`; `onWait` is called once when somebody else has it. */
export async function waitForFileLock(path: string, onWait: () => void): Promise<FileLock> {
  for (let told = false; ; told = true) {
    const lock = await tryFileLock(path);
    if (lock) return lock;
    if (!told) onWait();
    await sleep(200);
  }
}
