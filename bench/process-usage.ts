import { readFileSync } from 'node:fs';
import { round } from './statistics.ts';

/** Memory of a role's process now, and what CPU it took since the first look. */
export interface ProcessUsage {
  readonly role: string;
  readonly processes: number;
  /** Resident set; for PostgreSQL's many processes the proportional set (PSS), where shared buffers count once. */
  readonly rssMiB: number;
  /** Highest resident set ever; of several processes none is known. */
  readonly peakRssMiB: number | null;
  readonly cpuSeconds: number;
}

/** Watches processes by role (Linux: /proc). A process plays with all its descendants. */
export interface UsageMeter {
  /** Starts the CPU figures anew. */
  reset(): void;
  read(): ProcessUsage[];
}

const ticksPerSecond = 100;

/** Reading throws where one of the processes has ended. */
export function createUsageMeter(roles: Readonly<Record<string, number>>): UsageMeter {
  let before = new Map<string, number>();
  const cpuOf = (role: string, pid: number) =>
    (role === 'postgres' ? withChildren(pid) : [pid]).reduce((sum, each) => sum + cpuSeconds(each), 0);

  return {
    reset() {
      before = new Map(Object.entries(roles).map(([role, pid]) => [role, cpuOf(role, pid)]));
    },
    read: () =>
      Object.entries(roles).map(([role, pid]) => {
        const pids = role === 'postgres' ? withChildren(pid) : [pid];
        const field = pids.length > 1 ? 'Pss' : 'Rss';
        return {
          role,
          processes: pids.length,
          rssMiB: round(pids.reduce((sum, each) => sum + kibibytes(`/proc/${each}/smaps_rollup`, field), 0) / 1024, 1),
          peakRssMiB: pids.length > 1 ? null : round(kibibytes(`/proc/${pid}/status`, 'VmHWM') / 1024, 1),
          cpuSeconds: round(cpuOf(role, pid) - (before.get(role) ?? 0), 2),
        };
      }),
  };
}

/** Resident set of one process in MiB. */
export function rssMiB(pid: number): number {
  return round(kibibytes(`/proc/${pid}/status`, 'VmRSS') / 1024, 1);
}

/** Throws for a process that is gone: its memory is no figure. */
function kibibytes(path: string, field: string): number {
  const found = new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(readFileSync(path, 'utf8'))?.[1];
  if (found === undefined) throw new Error(`${path} has no ${field}: the process has ended`);
  return Number(found);
}

function statFields(pid: number): string[] {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

/** Its own time and that of children that have ended. */
function cpuSeconds(pid: number): number {
  const fields = statFields(pid);
  return fields.slice(11, 15).reduce((sum, field) => sum + Number(field || 0), 0) / ticksPerSecond;
}

function withChildren(pid: number): number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ');
  return [pid, ...children.filter((child) => child !== '').map(Number)];
}
