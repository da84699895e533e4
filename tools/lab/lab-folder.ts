import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { identify, isAlive, listProcesses } from '#processes/supervisor/process-identity.ts';
import { readProcessTable, type ProcessRow } from '#processes/supervisor/process-table.ts';

/** Paths of the lab inside a data folder. */
export interface LabFolder {
  readonly root: string;
  readonly lock: string;
  readonly ports: string;
  readonly processes: string;
  log(server: string): string;
  /** The folder of a part. */
  of(part: string): string;
  /** Makes the folders of a part, for our eyes only. */
  makeFor(part: string): void;
}

/** The lab of a platform's data folder. */
export function labFolder(data: string): LabFolder {
  const root = join(data, 'lab');
  return {
    root,
    lock: join(root, 'lock.db'),
    ports: join(root, 'ports.json'),
    processes: join(root, 'processes.json'),
    log: (server) => join(root, 'logs', `${server}.log`),
    of: (part) => join(root, part),
    makeFor(part) {
      for (const folder of [data, root, join(root, 'logs'), join(root, part)])
        mkdirSync(folder, { recursive: true, mode: 0o700 });
    },
  };
}

const mark = 'LAB_SERVER';

/** What tells a process of this lab by its environment, also when it was started in the moment of a kill. */
export function markOf(folder: LabFolder, server: string): Readonly<Record<string, string>> {
  return { [mark]: join(folder.root, server) };
}

function markedProcesses(folder: LabFolder): ProcessRow[] {
  const start = `${mark}=${folder.root}/`;
  return listProcesses().flatMap(({ pid }) => {
    const found = environmentOf(pid).find((variable) => variable.startsWith(start));
    const identity = found === undefined ? undefined : identify(pid);
    return found !== undefined && identity ? [{ role: found.slice(start.length), ...identity }] : [];
  });
}

function environmentOf(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
  } catch {
    return [];
  }
}

/** What was started and not stopped since: living processes, and those that died. */
export function readLab(folder: LabFolder): {
  readonly alive: readonly ProcessRow[];
  readonly died: readonly ProcessRow[];
} {
  const recorded = readProcessTable(folder.processes);
  const known = recorded.filter(isAlive);
  const others = markedProcesses(folder).filter(({ role }) => known.every((row) => row.role !== role));
  const alive = [...known, ...others];
  const died = recorded.filter((row) => !isAlive(row) && alive.every(({ role }) => role !== row.role));
  return { alive, died };
}
