import { chmodSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { DatabaseUser } from '#tools/ensure/database-user.ts';

/** Paths inside the data folder. */
export interface DataFolder {
  readonly root: string;
  readonly lock: string;
  readonly ports: string;
  readonly processes: string;
  readonly joinFile: string;
  readonly signIn: string;
  readonly firstPassword: string;
  readonly keys: string;
  readonly run: string;
  readonly temporalDatabase: string;
  readonly agent: string;
  /** Name under which the local agent enrolled; a later host name does not change it. */
  readonly agentName: string;
  log(role: string): string;
}

export function dataFolder(path: string): DataFolder {
  const root = resolve(path);
  return {
    root,
    lock: join(root, 'lock.db'),
    ports: join(root, 'ports.json'),
    processes: join(root, 'run', 'processes.json'),
    joinFile: join(root, 'run', 'local-agent-join'),
    signIn: join(root, 'run', 'signin.json'),
    firstPassword: join(root, 'run', 'first-password'),
    keys: join(root, 'keys'),
    run: join(root, 'run'),
    temporalDatabase: join(root, 'temporal', 'temporal.db'),
    agent: join(root, 'agent'),
    agentName: join(root, 'run', 'local-agent-name'),
    log: (role) => join(root, 'logs', `${role}.log`),
  };
}

/** Makes the folders. Only we may look into them; the database's user, when it is another one, may pass through. */
export function makeDataFolder(folder: DataFolder, user: DatabaseUser | undefined): void {
  try {
    mkdirSync(folder.root, { recursive: true });
    chmodSync(folder.root, user ? 0o711 : 0o700);
    for (const name of ['keys', 'run', 'logs', 'temporal', 'agent']) {
      mkdirSync(join(folder.root, name), { recursive: true });
      chmodSync(join(folder.root, name), 0o700);
    }
  } catch (error) {
    throw new Error(
      `The data folder ${folder.root} cannot be used: ${(error as Error).message}.\n` +
        'Next step: give it to the user who runs this (chown), or choose another one with SIGNALBOX_DATA.',
      { cause: error },
    );
  }
}
