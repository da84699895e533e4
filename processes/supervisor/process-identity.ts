import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** Names one process for good: a pid alone is used again after a while, and after a reboot at once. */
export interface ProcessIdentity {
  readonly pid: number;
  /** When the kernel started it: clock ticks since boot on Linux, a date elsewhere. Only ever compared. */
  readonly startTime: string;
  readonly bootId: string;
}

const isLinux = process.platform === 'linux';

/** Changes with every boot of the machine. */
export function readBootId(): string {
  if (isLinux) return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  return execFileSync('sysctl', ['-n', 'kern.boottime'], { encoding: 'utf8' }).trim();
}

/** The start time of a process that exists and is no zombie, else undefined. */
function readStartTime(pid: number): string | undefined {
  try {
    if (!isLinux)
      return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim() || undefined;
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The command's name, in brackets, may itself hold brackets and blanks; fields are counted after the last one.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields[19];
  } catch {
    return undefined;
  }
}

/** Identifies a living process; undefined when there is none. */
export function identify(pid: number): ProcessIdentity | undefined {
  const startTime = readStartTime(pid);
  return startTime === undefined ? undefined : { pid, startTime, bootId: readBootId() };
}

/** Whether exactly this process still runs. */
export function isAlive(identity: ProcessIdentity): boolean {
  return readStartTime(identity.pid) === identity.startTime && readBootId() === identity.bootId;
}

/** Sends a signal to exactly this process; false when it is gone. */
export function signalProcess(identity: ProcessIdentity, signal: NodeJS.Signals): boolean {
  if (!isAlive(identity)) return false;
  try {
    return process.kill(identity.pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
    throw error;
  }
}

export interface RunningProcess {
  readonly pid: number;
  readonly args: readonly string[];
  /** Working folder; empty when it may not be read. */
  readonly cwd: string;
}

/** All processes whose command line we may read. Empty where there is no /proc. */
export function listProcesses(): RunningProcess[] {
  if (!isLinux) return [];
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const args = readFileSync(`/proc/${name}/cmdline`, 'utf8').split('\0').slice(0, -1);
        return [{ pid: Number(name), args, cwd: readCwd(name) }];
      } catch {
        return [];
      }
    });
}

function readCwd(pid: string): string {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return '';
  }
}
