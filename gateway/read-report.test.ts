import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { RunOutcome, RunResult } from '#proto/gen/agent.ts';
import { readReport } from './read-report.ts';

const session = { agentId: 'a', epoch: 1 };
const read = (result: Parameters<typeof RunResult.fromPartial>[0]) =>
  readReport(
    RunResult.fromPartial({
      run: { runId: randomUUID(), taskId: '', attempt: 1 },
      outcome: RunOutcome.RUN_OUTCOME_FAILED,
      ...result,
    }),
    session,
  );

describe('readReport', () => {
  it('takes no report without a run or an end', () => {
    expect(read({ run: { runId: "'; drop table", taskId: '', attempt: 1 } })).toBeUndefined();
    expect(read({ run: undefined })).toBeUndefined();
    expect(read({ outcome: RunOutcome.RUN_OUTCOME_UNSPECIFIED })).toBeUndefined();
  });

  it('makes what an agent may say fit for the ledger', () => {
    const report = read({
      detail: 'a\0b\ud800',
      signal: 'S'.repeat(100),
      startedAtMs: 9e15,
      finishedAtMs: -1,
      exitCode: 3,
    });
    expect(report).toMatchObject({
      detail: 'a\uFFFDb\uFFFD',
      signal: 'S'.repeat(32),
      startedAt: null,
      finishedAt: null,
      exitCode: 3,
    });
  });

  it('cuts output that is larger than agreed and says how much there was', () => {
    const big = Buffer.alloc(100_000, 'x');
    const report = read({ stdout: { head: big, tail: big, totalBytes: 5 } });
    expect(report?.stdout).toMatchObject({
      head: big.subarray(0, 65_536),
      tail: big.subarray(0, 16_384),
      totalBytes: 65_536 + 16_384,
    });
    expect(report?.stderr.totalBytes).toBe(0);
  });
});
