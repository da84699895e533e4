import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { exitCodes, FatalFault } from './exit-codes.ts';

/**
 * Two agents on one data folder would run scripts twice. The lock is the operating system's (SQLite's exclusive file
 * lock), so it is gone with the process, however that ended, and a stale one cannot exist.
 */
export function lockDataFolder(dataFolder: string): { release(): void } {
  const file = join(dataFolder, 'lock.db');
  const database = new DatabaseSync(file);
  // Whoever could open it could keep the agent from starting.
  chmodSync(file, 0o600);
  try {
    database.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    throw new FatalFault('dataInUse', `Another agent runs on ${dataFolder} (exit code ${exitCodes.dataInUse})`, error);
  }
  return { release: () => database.close() };
}
