import { chmodSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { resultCodes } from '#domain/tasks/result-codes.ts';
import { taskLimits } from '#domain/tasks/task.ts';
import { eventually, report } from '#tests/support/eventually.ts';
import { sendSignal } from '#tests/support/own-processes.ts';
import { applyOperation, hostReaches, submitTask, taskEnd, taskHost, taskHosts } from '#tests/support/tasks.ts';
import { cliJson, type HostJson, outputOf, runAndWait, type Spine, type TaskJson, writeText } from './spine.ts';

const isRoot = process.getuid?.() === 0;

/** Acceptance list of the agent, from the command line to the script and back. */
export function acceptanceSuite(ready: () => Spine): void {
  describe('acceptance list of the agent', () => {
    it('parameters pass through bash -c untouched', async () => {
      const spine = ready();
      const words = ['a b', "it's", '$HOME', '`id`', '*', '', 'ünï\nline'];
      const { task } = await runAndWait(
        spine,
        ['--host', 'alpha'],
        ['bash', '-c', 'printf "[%s]" "$@"', 'name', ...words],
      );
      expect(await outputOf(spine, task.id, 'alpha')).toBe(words.map((word) => `[${word}]`).join(''));
    });

    it('an interpreter whose path has spaces', async () => {
      const spine = ready();
      const folder = join(spine.platform.folder, 'files', 'my python');
      mkdirSync(folder, { recursive: true });
      chmodSync(folder, 0o755);
      const python = join(folder, 'python 3');
      symlinkSync(
        execFileSync('python3', ['-c', 'import sys; print(sys.executable)'], { encoding: 'utf8' }).trim(),
        python,
      );
      const script = writeText(spine, 'a script.py', 'import sys\nprint("python", sys.argv[1:])\n');
      const options = ['--host', 'alpha', '--script', script, '--interpreter', python, '--arg', 'x y'];
      const { exit, task } = await runAndWait(spine, options);
      expect(exit).toBe(0);
      expect(await outputOf(spine, task.id, 'alpha')).toBe("python ['x y']\n");
    });

    it.skipIf(!isRoot)('runs as another user, with their groups and home', async () => {
      const spine = ready();
      const body = 'id -un; id -ru; echo "$USER"; touch made; stat -c %U made; cat /etc/shadow';
      const { task, hosts } = await runAndWait(spine, ['--host', 'alpha', '--run-as', 'nobody'], ['bash', '-c', body]);
      const uid = execFileSync('id', ['-u', 'nobody'], { encoding: 'utf8' }).trim();
      expect(await outputOf(spine, task.id, 'alpha')).toBe(`nobody\n${uid}\nnobody\nnobody\n`);
      expect(hosts[0]?.state).toBe('failed');
    });

    it('an unknown user: that host fails with its own code and nothing ran', async () => {
      const spine = ready();
      const mark = join(spine.platform.folder, 'files', 'ran');
      const { hosts } = await runAndWait(spine, ['--host', 'alpha', '--run-as', 'no-such-user'], ['touch', mark]);
      expect(hosts[0]).toMatchObject({ state: 'failed', exitCode: null });
      expect([resultCodes.noSuchUser, resultCodes.userNotPermitted]).toContain(hosts[0]?.code);
      expect(() => readFileSync(mark)).toThrow();
    });

    it('an interpreter that the host lacks says so', async () => {
      const spine = ready();
      const script = writeText(spine, 'lacking', '#!/no/such/interpreter -x\nx\n');
      const { hosts } = await runAndWait(spine, ['--host', 'alpha', '--script', script]);
      expect(hosts[0]).toMatchObject({ state: 'failed', exitCode: null, code: resultCodes.interpreterMissing });
    });

    it('kill ends a Python child and its children', async () => {
      const { platform } = ready();
      const pids = join(platform.folder, 'files', 'pids');
      writeFileSync(pids, '');
      const script = [
        '#!/usr/bin/env python3',
        'import subprocess, os, time',
        'children = [subprocess.Popen(["sleep", "600"]) for _ in range(2)]',
        'children.append(subprocess.Popen(["sh", "-c", "sleep 600; true"]))',
        `open(${JSON.stringify(pids)}, "a").write(" ".join(str(p) for p in [os.getpid(), *[c.pid for c in children]]) + "\\n")`,
        'time.sleep(600)',
      ].join('\n');
      const id = await submitTask(platform, { target: { hosts: ['beta'] }, script });
      await eventually('the children run', () => readFileSync(pids, 'utf8').includes('\n'), { withinMs: 30_000 });
      const running = readFileSync(pids, 'utf8').trim().split(' ').map(Number);
      expect(running).toHaveLength(4);
      const since = performance.now();
      await applyOperation(platform, id, 'kill');
      expect((await taskEnd(platform, id, 60_000)).state).toBe('killed');
      report('kill of a Python script with children took', since);
      await eventually('all of them are gone', () => running.every((pid) => !alive(pid)), { withinMs: 10_000 });
      expect(await taskHost(platform, id, 'beta')).toMatchObject({
        state: 'killed',
        code: resultCodes.killedByOperator,
      });
    });

    it('a script that ignores TERM is killed in the end; so is one that is out of time', async () => {
      const { platform } = ready();
      const script = "trap '' TERM INT HUP\necho deaf\nwhile :; do sleep 1; done\n";
      const killed = await submitTask(platform, { target: { hosts: ['alpha'] }, script });
      const late = await submitTask(platform, { target: { hosts: ['beta'] }, script, timeout: '1s' });
      await hostReaches(platform, killed, 'alpha', ['running'], 30_000);
      const since = performance.now();
      await applyOperation(platform, killed, 'kill');
      expect((await taskHost(platform, killed, 'alpha')).state).toMatch(/killing|killed/);
      expect((await taskEnd(platform, killed, 90_000)).state).toBe('killed');
      report('a script that ignores TERM was killed after', since);
      expect((await taskEnd(platform, late, 90_000)).counts).toMatchObject({ timedOut: 1 });
      expect(await taskHost(platform, late, 'beta')).toMatchObject({ state: 'timed_out', code: resultCodes.timedOut });
      const output = await platform.api.request<string>('GET', `/api/v1/tasks/${late}/output?host=beta`);
      expect(output.body).toBe('deaf\n');
    });

    it('one after the other in the given order; hosts not yet started are listed; progress is complete at the end', async () => {
      const spine = ready();
      const order = ['beta', spine.local, 'alpha'];
      const options = ['--host', order.join(','), '--concurrency', '1'];
      const submitted = await spine.platform.cli(['task', 'run', ...options, '-o', 'json', '--', 'sleep', '1.5']);
      const { id } = submitted.json<TaskJson>();
      const during = await eventually(
        'the first host runs',
        async () => {
          const hosts = await taskHosts(spine.platform, id);
          return hosts[0]?.state === 'running' ? hosts : false;
        },
        { withinMs: 30_000, everyMs: 50 },
      );
      expect(during.map(({ host, state, startedAt }) => [host, state, startedAt])).toEqual([
        ['beta', 'running', during[0]?.startedAt],
        [spine.local, 'ready', null],
        ['alpha', 'ready', null],
      ]);
      const ended = await taskEnd(spine.platform, id, 60_000);
      expect(ended.counts).toEqual({ ...ended.counts, total: 3, succeeded: 3, pending: 0, running: 0 });
      const hosts = await cliJson<HostJson[]>(spine, 'task', 'hosts', id);
      expect(hosts.map(({ host }) => host)).toEqual(order);
      const begins = hosts.map(({ startedAt }) => Date.parse(startedAt ?? ''));
      const ends = hosts.map(({ finishedAt }) => Date.parse(finishedAt ?? ''));
      expect(begins[1]).toBeGreaterThanOrEqual(ends[0] ?? Infinity);
      expect(begins[2]).toBeGreaterThanOrEqual(ends[1] ?? Infinity);
    });

    it('output is kept to 64 KiB, head and tail, and the cut is said', async () => {
      const spine = ready();
      const { exit, task } = await runAndWait(
        spine,
        ['--host', 'alpha'],
        ['bash', '-c', 'echo first; seq 200000; echo last'],
      );
      expect(exit).toBe(0);
      const result = await spine.platform.cli(['task', 'output', task.id, 'alpha']);
      expect(result.bytes.length).toBeLessThanOrEqual(taskLimits.outputBytes + 200);
      expect(result.stdout).toMatch(/^first\n1\n2\n/);
      expect(result.stdout).toMatch(/\n199999\n200000\nlast\n$/);
      expect(result.stderr).toMatch(/cut/i);
      expect(result.stderr).toContain('1288906');
    });

    it('a background child that keeps stdout open does not hold the run', async () => {
      const spine = ready();
      const since = performance.now();
      const { exit, task } = await runAndWait(spine, ['--host', 'beta'], ['bash', '-c', 'sleep 45 & echo parent']);
      report('a run with a background child ended after', since);
      expect(exit).toBe(0);
      expect(await outputOf(spine, task.id, 'beta')).toBe('parent\n');
      const { durationMs } = await taskHost(spine.platform, task.id, 'beta');
      expect(durationMs).toBeLessThan(40_000);
    });

    it('a run that was killed by a signal says which', async () => {
      const spine = ready();
      const { hosts } = await runAndWait(spine, ['--host', 'alpha'], ['bash', '-c', 'kill -KILL $$']);
      expect(hosts[0]).toMatchObject({ state: 'failed', signal: 'SIGKILL', code: resultCodes.killedBySignal });
    });

    it('many runs side by side on one agent', async () => {
      const { platform } = ready();
      const since = performance.now();
      const ids = await Promise.all(
        Array.from({ length: 10 }, () => submitTask(platform, { target: { hosts: ['alpha'] }, script: 'sleep 3' })),
      );
      const ended = await Promise.all(ids.map((id) => taskEnd(platform, id, 60_000)));
      report('10 tasks of 3 s on one agent took', since);
      expect(ended.map(({ state }) => state)).toEqual(ids.map(() => 'succeeded'));
    });
  });
}

function alive(pid: number): boolean {
  if (!sendSignal(pid, 0)) return false;
  try {
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}
