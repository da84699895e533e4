import { randomUUID } from 'node:crypto';
import { resultCodes } from '#domain/tasks/result-codes.ts';
import { type RunCommand, RunOutcome, type RunRef, RunResult } from '#proto/gen/agent.ts';

/** How a simulated run goes. */
export interface SimPlay {
  /** Milliseconds from start to end; `Infinity` never ends by itself. */
  runMs?: number | ((command: RunCommand) => number);
  /** What its result says besides success. */
  result?: (command: RunCommand) => Partial<RunResult>;
}

/** What a simulated agent remembers, as a real one does on its disk; it outlives connections. */
export interface SimSpool {
  id(): string;
  lastSeq(): number;
  sawSeq(seq: number): void;
  /** Runs whose result the server has not confirmed. */
  openRuns(): RunRef[];
  unconfirmedResults(): RunResult[];
  /** A run command; false where the run was known already (or refused for good). */
  accept(command: RunCommand, onEnd: (result: RunResult) => void): boolean;
  kill(run: RunRef, onEnd: (result: RunResult) => void): void;
  revoke(run: RunRef): void;
  confirm(runIds: readonly string[]): void;
  resultOf(runId: string): RunResult | undefined;
  /** The disk is replaced by an empty one. What was executed stays in the journal. */
  wipe(): void;
  /** The records of runs are destroyed, the spool stays the same. */
  forget(): void;
  /** Every run_id that was executed, in order. */
  readonly journal: readonly string[];
}

interface Entry {
  readonly ref: RunRef;
  state: 'running' | 'ended' | 'closed' | 'tombstone';
  timer?: NodeJS.Timeout | undefined;
  result?: RunResult | undefined;
  startedAtMs: number;
}

export function createSimSpool(play: () => SimPlay): SimSpool {
  const journal: string[] = [];
  let id: string = randomUUID();
  let lastSeq = 0;
  const entries = new Map<string, Entry>();

  function end(entry: Entry, result: Partial<RunResult>, onEnd: (result: RunResult) => void): void {
    clearTimeout(entry.timer);
    entry.timer = undefined;
    entry.state = 'ended';
    entry.result = {
      ...RunResult.fromPartial({ run: entry.ref, startedAtMs: entry.startedAtMs, finishedAtMs: Date.now() }),
      ...result,
    };
    onEnd(entry.result);
  }

  function forget(): void {
    for (const entry of entries.values()) clearTimeout(entry.timer);
    entries.clear();
  }

  return {
    journal,
    id: () => id,
    lastSeq: () => lastSeq,
    sawSeq: (seq) => void (lastSeq = Math.max(lastSeq, seq)),
    openRuns: () =>
      [...entries.values()]
        .filter((entry) => entry.state === 'running' || entry.state === 'ended')
        .map((entry) => entry.ref),
    unconfirmedResults: () =>
      [...entries.values()].flatMap((entry) => (entry.state === 'ended' && entry.result ? entry.result : [])),
    accept(command, onEnd) {
      const ref = command.run;
      if (ref === undefined || entries.has(ref.runId)) return false;
      const entry: Entry = { ref, state: 'running', startedAtMs: Date.now() };
      entries.set(ref.runId, entry);
      const { refusal } = command;
      if (refusal !== undefined) {
        setImmediate(() => end(entry, { outcome: RunOutcome.RUN_OUTCOME_FAILED, ...refusal }, onEnd));
        return true;
      }
      journal.push(ref.runId);
      const { runMs = 0, result } = play();
      const success = { outcome: RunOutcome.RUN_OUTCOME_SUCCEEDED, code: resultCodes.normalTermination, exitCode: 0 };
      const finish = () => end(entry, { ...success, ...result?.(command) }, onEnd);
      const ms = typeof runMs === 'function' ? runMs(command) : runMs;
      if (ms <= 0) setImmediate(finish);
      else if (Number.isFinite(ms)) entry.timer = setTimeout(finish, ms);
      return true;
    },
    kill(run, onEnd) {
      const entry = entries.get(run.runId);
      if (entry === undefined) {
        const tombstone: Entry = { ref: run, state: 'tombstone', startedAtMs: 0 };
        entries.set(run.runId, tombstone);
        end(tombstone, { outcome: RunOutcome.RUN_OUTCOME_REVOKED, code: resultCodes.revokedBeforeStart }, onEnd);
      } else if (entry.state === 'running') {
        end(
          entry,
          { outcome: RunOutcome.RUN_OUTCOME_KILLED, code: resultCodes.killedByOperator, signal: 'SIGTERM' },
          onEnd,
        );
      } else if (entry.result !== undefined) {
        onEnd(entry.result);
      }
    },
    revoke(run) {
      if (!entries.has(run.runId)) entries.set(run.runId, { ref: run, state: 'tombstone', startedAtMs: 0 });
    },
    confirm(runIds) {
      for (const runId of runIds) {
        const entry = entries.get(runId);
        if (entry?.state !== 'ended') continue;
        entry.state = 'closed';
        entry.result = undefined;
      }
    },
    resultOf: (runId) => entries.get(runId)?.result,
    wipe() {
      forget();
      id = randomUUID();
      lastSeq = 0;
    },
    forget,
  };
}
