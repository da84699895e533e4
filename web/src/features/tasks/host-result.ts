import type { HostRun } from '#web/nouns/tasks/client.ts';

const openStates: ReadonlySet<HostRun['state']> = new Set(['pending', 'ready', 'dispatched', 'running', 'killing']);

/** Whether the run has come to an end. (The true result of a lost one may still come.) */
export function hasEnded(run: Pick<HostRun, 'state'>): boolean {
  return !openStates.has(run.state);
}

/** The short result for a table: exit code, else signal; undefined where only a sentence says it. */
export function shortResult(run: Pick<HostRun, 'exitCode' | 'signal'>): string | undefined {
  return run.exitCode === null ? (run.signal ?? undefined) : String(run.exitCode);
}
