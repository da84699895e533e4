import type { ReportedOutput, RunReport, SessionKey } from '#ledger/tasks/store-reports.ts';
import type { HostRunEnd } from '#domain/tasks/host-run.ts';
import { taskLimits } from '#domain/tasks/task.ts';
import { type Output, RunOutcome, type RunResult } from '#proto/gen/agent.ts';

const ends: Partial<Record<RunOutcome, HostRunEnd>> = {
  [RunOutcome.RUN_OUTCOME_SUCCEEDED]: 'succeeded',
  [RunOutcome.RUN_OUTCOME_FAILED]: 'failed',
  [RunOutcome.RUN_OUTCOME_TIMED_OUT]: 'timed_out',
  [RunOutcome.RUN_OUTCOME_KILLED]: 'killed',
  [RunOutcome.RUN_OUTCOME_LOST]: 'lost',
  [RunOutcome.RUN_OUTCOME_REVOKED]: 'revoked',
};
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** Year 9999: beyond it a host's clock says nothing that the ledger could keep. */
const latestMs = 253_402_300_799_000;

export function isUuid(text: string | undefined): text is string {
  return text !== undefined && uuid.test(text);
}

/** A result as the ledger can keep it, whatever the agent sent; undefined where it names no run or no end. */
export function readReport(result: RunResult, session: SessionKey): RunReport | undefined {
  const end = ends[result.outcome];
  const runId = result.run?.runId;
  if (end === undefined || !isUuid(runId)) return undefined;
  return {
    agentId: session.agentId,
    epoch: session.epoch,
    runId,
    end,
    code: result.code,
    detail: readText(result.detail, 2_000),
    exitCode: result.exitCode ?? null,
    signal: result.signal === '' ? null : readText(result.signal, 32),
    startedAt: readTime(result.startedAtMs),
    finishedAt: readTime(result.finishedAtMs),
    stdout: readOutput(result.stdout),
    stderr: readOutput(result.stderr),
  };
}

/** PostgreSQL's text takes neither NUL nor halves of surrogate pairs. */
export function readText(text: string, maxLength: number): string {
  return text.replaceAll('\0', '\uFFFD').slice(0, maxLength).toWellFormed();
}

function readTime(ms: number): Date | null {
  return ms > 0 && ms < latestMs ? new Date(ms) : null;
}

function readOutput(output: Output | undefined): ReportedOutput {
  if (output === undefined) return { head: Buffer.alloc(0), tail: Buffer.alloc(0), totalBytes: 0 };
  const tailLimit = taskLimits.outputBytes - taskLimits.outputHeadBytes;
  // An uncut output may come as one head of the full size.
  const head = output.head.subarray(0, taskLimits.outputBytes);
  const tail = output.tail.subarray(-tailLimit);
  return { head, tail, totalBytes: Math.max(output.totalBytes, head.byteLength + tail.byteLength) };
}
