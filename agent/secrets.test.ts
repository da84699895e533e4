import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { resultCodes } from '#domain/tasks/result-codes.ts';
import type { RunCommand, RunResult } from '#proto/gen/agent.ts';
import { RunOutcome } from '#proto/gen/agent.ts';
import { eventually } from '#tests/support/eventually.ts';
import { makeCommand, makeDataFolder, openTestRuns, type TestRuns, text } from './testing/test-runs.ts';

const value = 'canary-7d1e55aa';
let folder: Awaited<ReturnType<typeof makeDataFolder>>;
const opened: TestRuns[] = [];
beforeEach(async () => {
  folder = await makeDataFolder();
});
afterEach(async () => {
  for (const agent of opened.splice(0)) agent.abandon();
  await folder.remove();
});

async function open(options: Parameters<typeof openTestRuns>[1] = {}): Promise<TestRuns> {
  const agent = await openTestRuns(folder.path, options);
  opened.push(agent);
  return agent;
}
const secret = (script: string, more: Partial<RunCommand> = {}): Partial<RunCommand> => ({
  script: Buffer.from(script),
  env: { PASSWORD: value, PLAIN: 'text' },
  secretNames: ['PASSWORD'],
  ...more,
});
const folderOf = (runId = '') => join(folder.path, 'spool', 'runs', runId);

/** Files below the data folder that hold the value. */
function filesWithValue(path = folder.path): string[] {
  return readdirSync(path, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => readFileSync(file).includes(value));
}
const cut = ({ stdout }: RunResult) =>
  (stdout?.totalBytes ?? 0) - (stdout?.head.length ?? 0) - (stdout?.tail.length ?? 0);

const soon = (what: string, seen: () => boolean) => eventually(what, seen, { withinMs: 10_000, everyMs: 20 });

describe('the secrets of a run', () => {
  it('are in its environment, in no argument of a process, and masked in what it prints', async () => {
    const agent = await open();
    const script = `
      test "$PASSWORD" = "$EXPECTED" && echo same
      echo "out $PASSWORD $PLAIN"; echo "err $PASSWORD" >&2
      printf %s "x$PASSWORD" | base64
      all=$(cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' ' ')
      case $all in *"$PASSWORD"*) echo seen ;; *) echo unseen ;; esac`;
    const result = await agent.run(secret(script, { env: { PASSWORD: value, EXPECTED: value, PLAIN: 'text' } }));
    expect(text(result.stdout)).toMatch(/^same\nout \*\*\* text\n[^c]{0,4}\*\*\*.*\nunseen\n$/);
    expect(text(result.stderr)).toBe('err ***\n');
    expect(cut(result)).toBe(0);
  });

  it('lie in a file of their own that only the agent reads, and are gone with the raw output once the result is kept', async () => {
    const agent = await open();
    const command = makeCommand(secret('echo "$PASSWORD"; while [ ! -e "$GO" ]; do sleep 0.05; done'));
    command.env = { ...command.env, GO: join(folder.path, 'go') };
    await agent.runs.accept(command);
    const runFolder = folderOf(command.run?.runId);
    await soon(
      'it has printed',
      () => existsSync(join(runFolder, 'stdout.0')) && statSync(join(runFolder, 'stdout.0')).size > 0,
    );
    expect(
      filesWithValue()
        .map((file) => file.slice(runFolder.length + 1))
        .sort(),
    ).toEqual(['secrets', 'stdout.0']);
    for (const path of [runFolder, join(runFolder, 'secrets')]) expect(statSync(path).mode & 0o077).toBe(0);
    writeFileSync(join(folder.path, 'go'), '');
    expect(text((await agent.result(command.run?.runId ?? '')).stdout)).toBe('***\n');
    expect(filesWithValue()).toEqual([]);
    expect(existsSync(join(runFolder, 'result'))).toBe(true);
  });

  it('outlive the agent: what waits starts with them, what runs is masked by them', async () => {
    const first = await open({ limit: 1 });
    const go = join(folder.path, 'go');
    const runs = [1, 2].map(() => {
      const command = makeCommand(secret(`while [ ! -e ${go} ]; do sleep 0.05; done; echo "[$PASSWORD]"`));
      return command;
    });
    for (const command of runs) await first.runs.accept(command);
    await soon('the first has started', () => existsSync(join(folderOf(runs[0]?.run?.runId), 'started')));
    first.abandon();
    const second = await open({ limit: 1 });
    writeFileSync(go, '');
    for (const { run } of runs) expect(text((await second.result(run?.runId ?? '')).stdout)).toBe('[***]\n');
    expect(filesWithValue()).toEqual([]);
  });

  it('are missed where somebody removed them: nothing starts without, and no output is shown unmasked', async () => {
    const first = await open({ limit: 1 });
    const go = join(folder.path, 'go');
    const running = makeCommand(secret(`echo "$PASSWORD"; while [ ! -e ${go} ]; do sleep 0.05; done`));
    const waiting = makeCommand(secret('echo "$PASSWORD"'));
    for (const command of [running, waiting]) await first.runs.accept(command);
    await soon('the first has printed', () => filesWithValue(folderOf(running.run?.runId)).length > 1);
    first.abandon();
    for (const { run } of [running, waiting]) rmSync(join(folderOf(run?.runId), 'secrets'));
    const second = await open();
    writeFileSync(go, '');
    expect(await second.result(waiting.run?.runId ?? '')).toMatchObject({ code: resultCodes.secretUnreadable });
    const ended = await second.result(running.run?.runId ?? '');
    expect(ended).toMatchObject({ outcome: RunOutcome.RUN_OUTCOME_SUCCEEDED, stdout: undefined, stderr: undefined });
  });

  it('are masked where output is cut, on both sides of the cut', async () => {
    const agent = await open();
    // 48 bytes of head and 16 of tail: the value lies across the end of the one, and across the beginning of the other.
    const across = `printf '%040d' 0; printf %s "$PASSWORD"; printf '%05000d' 0; printf %s "$PASSWORD"; printf '%08d' 1`;
    const result = await agent.run(secret(across, { outputLimitBytes: 64 }));
    expect([result.stdout?.head, result.stdout?.tail].map(String)).toEqual([`${'0'.repeat(40)}***`, '***00000001']);
    const between = `printf '%040d' 0; printf %s "$PASSWORD"; printf '%04d' 1`;
    const whole = await agent.run(secret(between, { outputLimitBytes: 64 }));
    expect(text(whole.stdout)).toBe(`${'0'.repeat(40)}***0001`);
    expect(cut(whole)).toBe(0);
    // Far more than any piece: whatever the run supervisor dropped, no part of a value is left.
    const much = await agent.run(
      secret('i=0; while [ $i -lt 200000 ]; do echo "$PASSWORD"; i=$((i+1)); done', { outputLimitBytes: 4096 }),
    );
    expect(text(much.stdout).replaceAll(/[*\n]/g, '')).toBe('');
    expect(much.stdout?.totalBytes).toBeGreaterThan(3_000_000);
  });

  it('are masked in what the host adds to a failure', async () => {
    const agent = await open();
    const missing = await agent.run({ command: [`/nowhere/${value}`], env: { A: value }, secretNames: ['A'] });
    expect(missing.code).toBe(resultCodes.cannotStart);
    expect(missing.detail).toBe("'/nowhere/***'");
  });
});

describe('a command that is refused', () => {
  const refusal = { code: resultCodes.secretGone, detail: "'db-password@3'" };

  it('ends at once with what it says, and starts nothing', async () => {
    const agent = await open();
    const result = await agent.run({ command: ['touch', join(folder.path, 'started')], refusal });
    expect(result).toMatchObject({ outcome: RunOutcome.RUN_OUTCOME_FAILED, ...refusal });
    expect(existsSync(join(folder.path, 'started'))).toBe(false);
  });

  it('changes nothing for a run that is known already', async () => {
    const agent = await open();
    const command = makeCommand(secret('sleep 0.3; echo done'));
    await agent.runs.accept(command);
    await agent.runs.accept({ ...command, env: {}, secretNames: [], refusal });
    expect(text((await agent.result(command.run?.runId ?? '')).stdout)).toBe('done\n');
  });
});
