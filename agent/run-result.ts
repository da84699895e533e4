import { constants } from 'node:os';
import { resultCodes, type ResultCodeName } from '#domain/tasks/result-codes.ts';
import { RunOutcome, RunResult, type RunRef } from '#proto/gen/agent.ts';

/** What the run supervisor wrote when a script was over. */
export interface ExitRecord {
  /** As wait(2) gives it; `never` where nothing was executed. */
  readonly status: number | 'never';
  readonly endedBy: 'script' | 'kill' | 'timeout';
  /** Processes of this host that the kernel killed for memory while the script ran. */
  readonly oomKills: number;
  readonly finishedAtMs: number;
}

/** Why the last step before the script failed: `exec` the program, `cwd` the working directory, `launch` before both. */
export type LaunchFault = 'exec' | 'cwd' | 'launch';

/** Reads `exit`; undefined where it is not whole. */
export function parseExitRecord(text: string, finishedAtMs: number): ExitRecord | undefined {
  const match = /^status=(\d+|never) ended_by=(script|kill|timeout) oom=(-?\d+)( .*)?\n$/.exec(text);
  if (match === null) return undefined;
  const [, status, endedBy, oom] = match as unknown as [string, string, ExitRecord['endedBy'], string];
  return {
    status: status === 'never' ? 'never' : Number(status),
    endedBy,
    oomKills: Number(oom),
    finishedAtMs,
  };
}

/** How a run ended, without its output. */
export function resultOfExit(
  run: RunRef,
  startedAtMs: number,
  exit: ExitRecord,
  launch: { readonly fault: LaunchFault | undefined; readonly isScript: boolean; readonly program: string },
): RunResult {
  const times = { startedAtMs, finishedAtMs: exit.finishedAtMs };
  if (exit.status === 'never') {
    if (exit.endedBy === 'kill') return revokedResult(run);
    return failedResult(run, 'cannotStart', 'the files of the run could not be made');
  }
  if (exit.endedBy === 'kill') {
    return make(run, RunOutcome.RUN_OUTCOME_KILLED, 'killedByOperator', '', {
      ...times,
      signal: signalOf(exit.status),
    });
  }
  if (exit.endedBy === 'timeout') {
    return make(run, RunOutcome.RUN_OUTCOME_TIMED_OUT, 'timedOut', '', { ...times, signal: signalOf(exit.status) });
  }
  if (launch.fault === 'cwd') return failedResult(run, 'workDirMissing', '', times);
  if (launch.fault === 'launch') return failedResult(run, 'cannotStart', 'see its stderr', times);
  if (launch.fault === 'exec') {
    return failedResult(run, launch.isScript ? 'interpreterMissing' : 'cannotStart', `'${launch.program}'`, times);
  }

  const signal = signalOf(exit.status);
  const exitCode = signal === '' ? exit.status >> 8 : undefined;
  // A shell whose last command was killed by 9 ends with 137 itself.
  if (exit.oomKills > 0 && (signal === 'SIGKILL' || exitCode === 137)) {
    return failedResult(run, 'outOfMemory', '', { ...times, signal: 'SIGKILL' });
  }
  if (exitCode === undefined) return failedResult(run, 'killedBySignal', '', { ...times, signal });
  if (exitCode !== 0) return failedResult(run, 'scriptFailed', '', { ...times, exitCode });
  return make(run, RunOutcome.RUN_OUTCOME_SUCCEEDED, 'normalTermination', '', { ...times, exitCode });
}

/** A run that ended badly or never began (then without times). */
export function failedResult(
  run: RunRef,
  code: ResultCodeName,
  detail: string,
  more: Partial<RunResult> = { startedAtMs: 0, finishedAtMs: Date.now() },
): RunResult {
  return make(run, RunOutcome.RUN_OUTCOME_FAILED, code, detail, more);
}

/** A run that was withdrawn before anything of it was executed. */
export function revokedResult(run: RunRef): RunResult {
  return make(run, RunOutcome.RUN_OUTCOME_REVOKED, 'revokedBeforeStart', '', { finishedAtMs: Date.now() });
}

/** A run that was started and whose end nobody can know. */
export function lostResult(
  run: RunRef,
  code: 'hostRebooted' | 'outcomeUnknown',
  detail = '',
  startedAtMs = 0,
): RunResult {
  return make(run, RunOutcome.RUN_OUTCOME_LOST, code, detail, { startedAtMs, finishedAtMs: Date.now() });
}

function make(
  run: RunRef,
  outcome: RunOutcome,
  code: ResultCodeName,
  detail: string,
  more: Partial<RunResult>,
): RunResult {
  return RunResult.fromPartial({ run, outcome, code: resultCodes[code], detail, ...more });
}

const signalNames = new Map(Object.entries(constants.signals).map(([name, number]) => [number, name]));

/** Name of the signal in a wait status (SIGKILL; RT34 where it has no name), or empty. */
function signalOf(status: number): string {
  const number = status & 0x7f;
  if (number === 0) return '';
  return signalNames.get(number) ?? `RT${number}`;
}

/** A short word for logs (`succeeded`, `timed_out`). */
export function outcomeName(outcome: RunOutcome): string {
  const entry = Object.entries(RunOutcome).find(([, value]) => value === outcome);
  return entry?.[0].replace('RUN_OUTCOME_', '').toLowerCase() ?? String(outcome);
}
