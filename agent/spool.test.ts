import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { resultCodes } from '#domain/tasks/result-codes.ts';
import { RunOutcome } from '#proto/gen/agent.ts';
import { openClosedRuns } from './closed-runs.ts';
import { makeCommand, makeDataFolder, openTestRuns, text } from './testing/test-runs.ts';

let folder: Awaited<ReturnType<typeof makeDataFolder>>;
beforeEach(async () => {
  folder = await makeDataFolder();
});
afterEach(() => folder.remove());

describe('closed runs', () => {
  const path = () => join(folder.path, 'closed');
  const entries = (count: number, from = 0) =>
    Array.from({ length: count }, (_, index) => ({ runId: `run-${from + index}`, seq: from + index }));

  it('remembers ids and the highest number over a restart', async () => {
    const closed = await openClosedRuns(path());
    await closed.add(entries(3, 5));
    const again = await openClosedRuns(path());
    expect(['run-5', 'run-7', 'run-8'].map((id) => again.has(id))).toEqual([true, true, false]);
    expect(again.highestSeq()).toBe(7);
  });

  it('skips torn and damaged lines, and writes on after them', async () => {
    const closed = await openClosedRuns(path());
    await closed.add(entries(2));
    writeFileSync(path(), Buffer.concat([readFileSync(path()), Buffer.from('\0\0garbage\n{"run":"half'.repeat(2))]));
    const again = await openClosedRuns(path());
    await again.add([{ runId: 'later', seq: 9 }]);
    const last = await openClosedRuns(path());
    expect([last.has('run-1'), last.has('later'), last.highestSeq()]).toEqual([true, true, 9]);
  });

  it('keeps at least a day, drops what is older or over the cap, and never the highest number', async () => {
    let now = Date.parse('2026-01-01T00:00:00Z');
    const closed = await openClosedRuns(path(), 100, () => now);
    await closed.add(entries(60));
    now += 25 * 3_600_000;
    await closed.add(entries(41, 60));
    expect([closed.has('run-0'), closed.has('run-59'), closed.has('run-60'), closed.has('run-100')]).toEqual([
      false,
      false,
      true,
      true,
    ]);
    await closed.add(entries(200, 1000));
    const again = await openClosedRuns(path(), 100, () => now);
    expect([again.has('run-1000'), again.has('run-1199'), again.highestSeq()]).toEqual([false, true, 1199]);
    expect(readFileSync(path(), 'utf8').split('\n').filter(Boolean).length).toBeLessThan(110);
  });
});

describe('damage', () => {
  it('sets a damaged command aside, reports the run as lost, and goes on', async () => {
    const first = await openTestRuns(folder.path, { limit: 1 });
    const kept = await first.run({ script: Buffer.from('echo kept') });
    first.abandon();
    const runId = randomUUID();
    const runs = join(folder.path, 'spool', 'runs');
    mkdirSync(join(runs, runId));
    writeFileSync(join(runs, runId, 'command'), 'not a record');
    writeFileSync(join(runs, kept.run!.runId, 'result'), 'torn');
    mkdirSync(join(runs, 'empty'));
    const second = await openTestRuns(folder.path);
    expect(await second.result(runId)).toMatchObject({
      outcome: RunOutcome.RUN_OUTCOME_LOST,
      code: resultCodes.outcomeUnknown,
    });
    // Its result is made again from what the run supervisor left.
    expect(text((await second.result(kept.run!.runId)).stdout)).toBe('kept\n');
    expect(second.spool.find('empty')).toBeUndefined();
    expect(readdirSync(join(folder.path, 'spool', 'damaged'))).toHaveLength(2);
    second.abandon();
  });
});

describe.runIf(process.getuid?.() === 0)('a full disk', () => {
  it('fails the runs that do not fit with their own code, keeps the others, and recovers', async () => {
    const disk = join(folder.path, 'small');
    mkdirSync(disk, { mode: 0o711 });
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m,mode=0711', 'tmpfs', disk]);
    try {
      const agent = await openTestRuns(disk);
      const fine = await agent.run({ script: Buffer.from('echo fine') });
      const filler = join(disk, 'filler');
      execFileSync('sh', ['-c', `head -c 2000000 /dev/zero > '${filler}' || true`], { stdio: 'ignore' });
      const refused = await agent.run({ script: Buffer.from(`echo never\n#${'x'.repeat(100_000)}`) });
      expect(refused).toMatchObject({
        outcome: RunOutcome.RUN_OUTCOME_FAILED,
        code: resultCodes.diskFull,
        startedAtMs: 0,
      });
      expect(text((await agent.result(fine.run!.runId)).stdout)).toBe('fine\n');
      rmSync(filler);
      await agent.runs.confirmed([fine.run!.runId]);
      expect(await agent.run({ script: Buffer.from('echo again') })).toMatchObject({ exitCode: 0 });
      agent.abandon();
      const reopened = await openTestRuns(disk);
      expect(reopened.spool.openRuns()).toHaveLength(1);
      reopened.abandon();
    } finally {
      execFileSync('umount', ['-l', disk]);
    }
  });

  it('keeps how a script ended that filled the disk itself', async () => {
    const disk = join(folder.path, 'small');
    mkdirSync(disk, { mode: 0o711 });
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m,mode=0711', 'tmpfs', disk]);
    try {
      const agent = await openTestRuns(disk);
      const command = makeCommand({ script: Buffer.from('head -c 5000000 /dev/zero > fill; echo x; rm fill; exit 7') });
      await agent.runs.accept(command);
      expect(await agent.result(command.run!.runId)).toMatchObject({ code: resultCodes.scriptFailed, exitCode: 7 });
      agent.abandon();
    } finally {
      execFileSync('umount', ['-l', disk]);
    }
  });
});
