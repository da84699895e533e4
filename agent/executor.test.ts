import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { resultCodes } from '#domain/tasks/result-codes.ts';
import { RunOutcome } from '#proto/gen/agent.ts';
import { eventually } from '#tests/support/eventually.ts';
import { processStartTime } from './process-info.ts';
import { makeCommand, makeDataFolder, openTestRuns, type TestRuns, text } from './testing/test-runs.ts';

const script = (lines: string) => ({ script: Buffer.from(lines) });
const isRoot = process.getuid?.() === 0;

let folder: Awaited<ReturnType<typeof makeDataFolder>>;
let agent: TestRuns;
beforeAll(async () => {
  folder = await makeDataFolder();
  agent = await openTestRuns(folder.path);
});
afterAll(async () => {
  agent.abandon();
  await folder.remove();
});

const isRunning = (pid: number) => processStartTime(pid) !== undefined;

describe('what is executed', () => {
  it('gives parameters to bash -c as they are, without a shell in between', async () => {
    const odd = ['a b', '$HOME', "it's", '"', 'two\nlines', '*', '', '; exit 3'];
    const result = await agent.run({ command: ['bash', '-c', 'printf "<%s>" "$@"', 'name', ...odd] });
    expect(result).toMatchObject({
      outcome: RunOutcome.RUN_OUTCOME_SUCCEEDED,
      code: resultCodes.normalTermination,
      exitCode: 0,
    });
    expect(text(result.stdout)).toBe(odd.map((argument) => `<${argument}>`).join(''));
  });

  it('runs a Python whose path holds spaces, with a working directory that does too', async () => {
    const odd = join(folder.path, 'my own "python" \'3\'');
    mkdirSync(odd);
    const python = join(odd, 'python 3');
    symlinkSync('/usr/bin/python3', python);
    const result = await agent.run({
      ...script('import os, sys\nprint(os.getcwd(), sys.argv[1:])'),
      interpreter: python,
      args: ['x y', 'ü\n'],
      workDir: odd,
    });
    expect(text(result.stdout)).toBe(`${odd} ['x y', 'ü\\n']\n`);
    const byFirstLine = await agent.run(script(`#!${python}\nprint("by its first line")`));
    expect(text(byFirstLine.stdout)).toBe('by its first line\n');
  });

  it('takes the interpreter from the field, else from the first line, else /bin/sh', async () => {
    expect(text((await agent.run({ ...script('print(1 + 1)'), interpreter: 'python3' })).stdout)).toBe('2\n');
    expect(text((await agent.run(script('#!/usr/bin/env python3\nprint(6 * 7)'))).stdout)).toBe('42\n');
    expect(text((await agent.run(script('#!/bin/bash -e\nfalse\necho not reached'))).stdout)).toBe('');
    expect(text((await agent.run(script('echo "$0" | grep -c script'))).stdout)).toBe('1\n');
  });

  it('sets the environment exactly, and passes nothing of its own on', async () => {
    const env = { ODD: 'a \'b\' "c" $(d)\n`e`\\', LD_DEBUG_OUTPUT: '/nonexistent', EMPTY: '' };
    const result = await agent.run({ command: ['env', '-0'], env });
    const seen = Object.fromEntries(
      text(result.stdout)
        .split('\0')
        .filter(Boolean)
        .map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]),
    );
    expect(seen).toMatchObject({ ...env, HOME: expect.any(String) as string, SIGNALBOX_RUN_ID: result.run?.runId });
    expect(
      Object.keys(seen).filter(
        (name) =>
          !/^(PATH|LANG|HOME|USER|LOGNAME|SHELL|PWD|OLDPWD|_|SHLVL|SIGNALBOX_\w+|ODD|EMPTY|LD_DEBUG_OUTPUT)$/.test(
            name,
          ),
      ),
    ).toEqual([]);
  });

  it('leaves signals at their defaults and has no open file but the three', async () => {
    const result = await agent.run(script('grep -E "Sig(Ign|Blk)" /proc/self/status; exec ls -l /proc/self/fd'));
    const [blocked, ignored, ...files] = text(result.stdout).split('\n');
    expect([blocked, ignored]).toEqual([expect.stringMatching(/:\s0+$/), expect.stringMatching(/:\s0+$/)]);
    const ours = files
      .filter((line) => line.includes(folder.path))
      .map((line) => line.replace(/.* (\d+) -> .*\//, '$1 '));
    expect(ours).toEqual(['1 stdout.fifo', '2 stderr.fifo']);
  });
});

describe('how it ends', () => {
  const codes: [string, Parameters<TestRuns['run']>[0], object][] = [
    ['a script that fails', script('exit 3'), { code: resultCodes.scriptFailed, exitCode: 3, signal: '' }],
    ['exit code 137 is no signal', script('exit 137'), { code: resultCodes.scriptFailed, exitCode: 137, signal: '' }],
    ['a script killed by a signal', script('kill -SEGV $$'), { code: resultCodes.killedBySignal, signal: 'SIGSEGV' }],
    ['a script killed for good', script('kill -KILL $$'), { code: resultCodes.killedBySignal, signal: 'SIGKILL' }],
    [
      'an interpreter that is missing',
      { ...script('x'), interpreter: '/no such/python' },
      { code: resultCodes.interpreterMissing },
    ],
    ['a first line whose interpreter is missing', script('#!/no/such\nx'), { code: resultCodes.interpreterMissing }],
    [
      'env asked for a missing interpreter',
      script('#!/usr/bin/env nosuch3\nx'),
      { code: resultCodes.interpreterMissing },
    ],
    ['a command that does not exist', { command: ['no-such-command'] }, { code: resultCodes.cannotStart }],
    ['a command that is a folder', { command: ['/etc'] }, { code: resultCodes.cannotStart }],
    ['a command that looks like an option', { command: ['-c', 'id'] }, { code: resultCodes.cannotStart }],
    [
      'a working directory that is missing',
      { command: ['true'], workDir: '/no/such' },
      { code: resultCodes.workDirMissing },
    ],
    [
      'a user that does not exist',
      { command: ['true'], runAs: 'nobody-of-that-name' },
      { code: resultCodes.noSuchUser },
    ],
    ['an argument list too long', { command: ['true', 'x'.repeat(200_000)] }, { code: resultCodes.cannotStart }],
  ];
  it.each(codes)('%s', async (_name, command, expected) => {
    expect(await agent.run(command)).toMatchObject({ outcome: RunOutcome.RUN_OUTCOME_FAILED, ...expected });
  });

  it('says that it ran out of memory', async () => {
    const group = `/sys/fs/cgroup/memory/signalbox-test-${process.pid}`;
    if (!isRoot || !existsSync('/sys/fs/cgroup/memory/memory.limit_in_bytes')) return;
    mkdirSync(group);
    try {
      writeFileSync(join(group, 'memory.limit_in_bytes'), String(32 * 1024 * 1024));
      const result = await agent.run(
        script(`echo $$ > ${group}/cgroup.procs && exec python3 -c 'x = bytearray(200_000_000)'`),
      );
      expect(result).toMatchObject({ outcome: RunOutcome.RUN_OUTCOME_FAILED, code: resultCodes.outOfMemory });
    } finally {
      // Empty as soon as the kernel has put the killed process away.
      await eventually('the group is empty', () => (rmdirSync(group), true), { withinMs: 10_000, everyMs: 50 });
    }
  });

  it('ends the whole group at the time-out, counted from the start of the script', async () => {
    const pids = join(folder.path, 'pids');
    const result = await agent.run({
      ...script(`sleep 300 & echo $! > ${pids}; (sleep 301 & echo $! >> ${pids}; wait); wait`),
      timeoutMs: 700,
    });
    expect(result).toMatchObject({ outcome: RunOutcome.RUN_OUTCOME_TIMED_OUT, code: resultCodes.timedOut });
    expect(result.finishedAtMs - result.startedAtMs).toBeGreaterThanOrEqual(690);
    for (const pid of readFileSync(pids, 'utf8').trim().split('\n')) expect(isRunning(Number(pid))).toBe(false);
  });

  it('ends a script that ignores TERM by KILL after three of them', async () => {
    const result = await agent.run({
      ...script('trap "echo term" TERM; while :; do sleep 0.1; done'),
      timeoutMs: 300,
    });
    expect(result).toMatchObject({ outcome: RunOutcome.RUN_OUTCOME_TIMED_OUT, signal: 'SIGKILL' });
    expect(text(result.stdout)).toBe('term\nterm\nterm\n');
  });

  it("kills a Python child's children, also one that took a group of its own", async () => {
    const pids = join(folder.path, 'python-pids');
    const command = makeCommand({
      ...script(`import os, subprocess, time
a = subprocess.Popen(['sleep', '300'])
b = subprocess.Popen(['sh', '-c', 'trap "" TERM; sleep 300; sleep 300'], process_group=0)
with open('${pids}.new', 'w') as f: f.write(f'{os.getpid()} {a.pid} {b.pid}')
os.rename('${pids}.new', '${pids}')
time.sleep(300)`),
      interpreter: 'python3',
    });
    await agent.runs.accept(command);
    await eventually('the children run', () => existsSync(pids), { withinMs: 20_000, everyMs: 50 });
    await agent.runs.kill(command.run!, command.seq + 1000);
    expect(await agent.result(command.run!.runId)).toMatchObject({
      outcome: RunOutcome.RUN_OUTCOME_KILLED,
      code: resultCodes.killedByOperator,
    });
    for (const pid of readFileSync(pids, 'utf8').split(' ')) expect(isRunning(Number(pid))).toBe(false);
  });
});

describe('users', () => {
  it.runIf(isRoot)('runs as another user, with its groups, home and a folder of its own', async () => {
    const result = await agent.run({
      ...script('id -un; id -Gn; echo $HOME $USER $LOGNAME; stat -c "%U %a" . ..; echo x > mine; echo e > /dev/stderr'),
      runAs: 'nobody',
    });
    expect(text(result.stderr)).toBe('e\n');
    const [name, groups, home, cwd, work] = text(result.stdout).split('\n');
    expect({ name, groups, cwd, work }).toEqual({
      name: 'nobody',
      groups: 'nogroup',
      cwd: 'nobody 700',
      work: 'nobody 700',
    });
    expect(home).toBe(`${execFileSync('getent', ['passwd', 'nobody']).toString().split(':')[5]} nobody nobody`);
  });

  it.runIf(isRoot)('cannot be led by a hostile user to say something else of the run', async () => {
    const result = await agent.run({ ...script('cd ..; ln -s /etc/shadow fault; exit 126'), runAs: 'nobody' });
    expect(result).toMatchObject({ code: resultCodes.scriptFailed, exitCode: 126 });
  });

  it.runIf(isRoot)('works where other users cannot enter the data folder', async () => {
    const closed = mkdtempSync(join(tmpdir(), 'signalbox-closed-'));
    const agentThere = await openTestRuns(closed);
    try {
      expect(await agentThere.run({ ...script('id -un'), runAs: 'nobody' })).toMatchObject({ exitCode: 0 });
    } finally {
      agentThere.abandon();
      await agentThere.executor.removeWorkRoot();
      rmSync(closed, { recursive: true });
    }
  });

  it('leaves nothing of the environment behind, and removes the work folder in the end', async () => {
    const result = await agent.run({ ...script('ls ..; cat ../environment'), env: { SECRET: 'canary' } });
    expect(text(result.stdout)).toBe('folder\nscript\n');
    expect(text(result.stderr)).not.toContain('canary');
    expect(readdirSync(join(folder.path, 'work'))).not.toContain(result.run?.runId);
  });
});

describe('output', () => {
  it('keeps 48 KiB of the beginning and 16 KiB of the end of 12 MB, and counts all', async () => {
    const result = await agent.run(script('i=0; seq 1 1600000; echo last; echo small >&2'));
    const whole = Buffer.concat([execFileSync('seq', ['1', '1600000'], { maxBuffer: 64e6 }), Buffer.from('last\n')]);
    expect(whole.length).toBeGreaterThan(11_000_000);
    expect(result.stdout?.totalBytes).toBe(whole.length);
    expect(result.stdout?.head.equals(whole.subarray(0, 49_152))).toBe(true);
    expect(result.stdout?.tail.equals(whole.subarray(-16_384))).toBe(true);
    expect(text(result.stderr)).toBe('small\n');
  });

  it('keeps all of what is not more than the limit, in pieces as it came', async () => {
    const result = await agent.run(script('i=0; while [ $i -lt 9000 ]; do echo $i; i=$((i+1)); done'));
    expect(text(result.stdout)).toBe(Array.from({ length: 9000 }, (_, i) => `${i}\n`).join(''));
    expect(result.stdout?.totalBytes).toBe(text(result.stdout).length);
  });

  it('needs a bounded part of the disk while a script prints without end', async () => {
    const command = makeCommand({ ...script('exec head -c 300000000 /dev/zero'), timeoutMs: 60_000 });
    await agent.runs.accept(command);
    const runFolder = agent.spool.find(command.run!.runId)!.folder;
    let most = 0;
    const done = agent.result(command.run!.runId);
    const watch = setInterval(() => {
      const sizes = readdirSync(runFolder).map(
        (name) => statSync(join(runFolder, name), { throwIfNoEntry: false })?.size ?? 0,
      );
      most = Math.max(
        most,
        sizes.reduce((sum, size) => sum + size, 0),
      );
    }, 20);
    const result = await done.finally(() => clearInterval(watch));
    expect(result.stdout?.totalBytes).toBe(300_000_000);
    expect(most).toBeGreaterThan(0);
    expect(most).toBeLessThan(3_000_000);
  });

  it('is not held by a background child that keeps stdout, and does not kill it', async () => {
    const mark = join(folder.path, 'survived');
    const began = Date.now();
    const result = await agent.run(script(`(sleep 4; head -c 1000000 /dev/zero; echo ok > ${mark}) & echo done`));
    expect(Date.now() - began).toBeLessThan(4_000);
    expect(result).toMatchObject({ outcome: RunOutcome.RUN_OUTCOME_SUCCEEDED });
    expect(text(result.stdout)).toBe('done\n');
    await agent.runs.confirmed([result.run!.runId]);
    await eventually('the child lived on', () => existsSync(mark), { withinMs: 20_000 });
  });
});
