import { readFileSync } from 'node:fs';
import { listProcesses } from '#processes/supervisor/process-identity.ts';

/** Processes of a test's own folder: those with its path in their command line, working folder or environment. */
export function processesOf(folder: string): number[] {
  return listProcesses()
    .filter(({ pid, args, cwd }) => {
      if (pid === process.pid) return false;
      return cwd.startsWith(folder) || args.some((arg) => arg.includes(folder)) || environmentOf(pid).includes(folder);
    })
    .map(({ pid }) => pid);
}

function environmentOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8');
  } catch {
    return '';
  }
}

/** SIGKILL to whatever still runs out of this folder. */
export function killProcessesOf(folder: string): number {
  let killed = 0;
  for (let round = 0; round < 5; round++) {
    const pids = processesOf(folder);
    if (pids.length === 0) break;
    for (const pid of pids) killed += sendSignal(pid, 'SIGKILL') ? 1 : 0;
  }
  return killed;
}

/** False when there is no such process. */
export function sendSignal(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(pid, signal);
    return true;
  } catch {
    return false;
  }
}

/** CPU seconds that a process has used so far (Linux: 100 ticks a second). */
export function cpuSecondsOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}
