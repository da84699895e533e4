import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive, signalProcess, type ProcessIdentity } from './process-identity.ts';

/** How a process is asked to end, and how when it does not listen. */
export interface EndSignals {
  readonly ask: NodeJS.Signals;
  readonly force: NodeJS.Signals;
  readonly graceMs: number;
}

/** Waits for the end of exactly this process; false when it still runs after that time. */
export async function waitForEnd(identity: ProcessIdentity, timeoutMs: number): Promise<boolean> {
  const deadline = Date.now() + timeoutMs;
  while (isAlive(identity)) {
    if (Date.now() > deadline) return false;
    await sleep(50);
  }
  return true;
}

/** Ends one process that need not be our child: asked first, forced when the grace is over, killed at last. */
export async function endProcess(
  identity: ProcessIdentity,
  what: string,
  { ask, force, graceMs }: EndSignals,
): Promise<void> {
  signalProcess(identity, ask);
  if (await waitForEnd(identity, graceMs)) return;
  signalProcess(identity, force);
  if (await waitForEnd(identity, 10_000)) return;
  signalProcess(identity, 'SIGKILL');
  if (!(await waitForEnd(identity, 5_000))) {
    throw new Error(
      `Process ${identity.pid} (${what}) of an earlier start does not end. Next step: find out why (ps -fp ${identity.pid}), then start again.`,
    );
  }
}
