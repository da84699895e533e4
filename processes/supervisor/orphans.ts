import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { DataFolder } from './data-folder.ts';
import { endProcess, waitForEnd, type EndSignals } from './end-process.ts';
import {
  identify,
  isAlive,
  listProcesses,
  signalProcess,
  type ProcessIdentity,
  type RunningProcess,
} from './process-identity.ts';
import { readProcessTable } from './process-table.ts';

/** The order in which roles stop: nobody loses what it still talks to. */
export const stopOrder = ['agent', 'gateway', 'worker', 'api', 'temporal', 'postgres'] as const;
export type Role = (typeof stopOrder)[number];

/** How a role is asked to end, and how when it does not listen. PostgreSQL: fast shutdown, then immediate. */
export const stopSignals: Readonly<Record<Role, EndSignals>> = {
  agent: { ask: 'SIGTERM', force: 'SIGKILL', graceMs: 10_000 },
  gateway: { ask: 'SIGTERM', force: 'SIGKILL', graceMs: 20_000 },
  worker: { ask: 'SIGTERM', force: 'SIGKILL', graceMs: 25_000 },
  api: { ask: 'SIGTERM', force: 'SIGKILL', graceMs: 15_000 },
  temporal: { ask: 'SIGTERM', force: 'SIGKILL', graceMs: 15_000 },
  postgres: { ask: 'SIGINT', force: 'SIGQUIT', graceMs: 30_000 },
};

/** Where a cluster is made before it takes its name. */
export function unfinishedCluster(cluster: string): string {
  return `${cluster}.unfinished`;
}

export interface Orphan {
  readonly role: Role;
  readonly identity: ProcessIdentity;
}

function isRole(text: string): text is Role {
  return (stopOrder as readonly string[]).includes(text);
}

function after(args: readonly string[], option: string): string | undefined {
  const index = args.indexOf(option);
  return index < 0 ? undefined : args[index + 1];
}

function rolesOf(process: RunningProcess, folder: DataFolder, cluster: string): Role[] {
  const { args } = process;
  // initdb of a first start that was killed.
  if (args.includes(unfinishedCluster(cluster))) return ['postgres'];
  if (after(args, '--db-filename') === folder.temporalDatabase) return ['temporal'];
  if (args.some((arg) => basename(arg) === 'agent.mjs') && after(args, '--data') === folder.agent) return ['agent'];
  if (args.some((arg) => basename(arg) === 'serve.ts') && after(args, '--data') === folder.root) {
    return (after(args, '--roles') ?? '').split(',').filter(isRole);
  }
  return [];
}

/** The postmaster of a cluster, by its own pid file and working folder. */
export function findPostmaster(cluster: string): ProcessIdentity | undefined {
  let pid: number;
  try {
    pid = Number.parseInt(readFileSync(join(cluster, 'postmaster.pid'), 'utf8'));
  } catch {
    return undefined;
  }
  const identity = Number.isInteger(pid) ? identify(pid) : undefined;
  if (!identity || process.platform !== 'linux') return identity;
  return listProcesses().some((running) => running.pid === pid && running.cwd === cluster) ? identity : undefined;
}

/** Server processes of a cluster whose postmaster is gone; a busy one keeps the shared memory and blocks a new start. */
function findBackends(cluster: string): ProcessIdentity[] {
  return listProcesses()
    .filter(({ cwd, args }) => cwd === cluster && /^postgres\b/.test(basename(args[0] ?? '')))
    .flatMap(({ pid }) => identify(pid) ?? []);
}

/** What a supervisor that was killed left running on this data folder, in stop order, each process once. */
export function findOrphans(folder: DataFolder, cluster: string): Orphan[] {
  const recorded = readProcessTable(folder.processes).flatMap(({ role, ...identity }) =>
    isRole(role) && isAlive(identity) ? [{ role, identity }] : [],
  );
  // A child that was started in the moment of the kill is not in the file; its command line tells.
  const running = listProcesses().flatMap((process) =>
    rolesOf(process, folder, cluster).flatMap((role) => {
      const identity = identify(process.pid);
      return identity ? [{ role, identity }] : [];
    }),
  );
  const postmaster = findPostmaster(cluster);
  const all = [...recorded, ...running, ...(postmaster ? [{ role: 'postgres' as const, identity: postmaster }] : [])];
  const ordered = all.toSorted((a, b) => stopOrder.indexOf(a.role) - stopOrder.indexOf(b.role));
  return ordered.filter(
    ({ identity }, index) => ordered.findIndex((other) => other.identity.pid === identity.pid) === index,
  );
}

/** Ends one process: asked first, forced when the grace is over. */
export function stopOrphan({ role, identity }: Orphan): Promise<void> {
  return endProcess(identity, role, stopSignals[role]);
}

/** Before a start of PostgreSQL: nobody may have the cluster any more, neither a postmaster nor a lone backend. */
export async function clearCluster(cluster: string): Promise<void> {
  const postmaster = findPostmaster(cluster);
  if (postmaster) await stopOrphan({ role: 'postgres', identity: postmaster });
  // Backends of a dead postmaster notice within moments unless they are busy.
  const lingering = findBackends(cluster);
  for (const identity of lingering) {
    if (!(await waitForEnd(identity, 1_000))) signalProcess(identity, 'SIGQUIT');
  }
  for (const identity of lingering) {
    if (!(await waitForEnd(identity, 2_000))) signalProcess(identity, 'SIGKILL');
    await waitForEnd(identity, 5_000);
  }
}
