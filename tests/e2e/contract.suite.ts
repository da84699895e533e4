import { type ChildProcess, spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { eventually } from '#tests/support/eventually.ts';
import { checkout } from '#tests/support/platform.ts';
import { cliJson, type HostJson, outputOf, runAndWait, type Spine, type TaskJson, writeText } from './spine.ts';

const countNames = [
  'total',
  'succeeded',
  'failed',
  'timedOut',
  'killed',
  'lost',
  'revoked',
  'buried',
  'pending',
  'running',
];
const sum = (counts: TaskJson['counts']) =>
  countNames.slice(1).reduce((total, name) => total + (counts[name] ?? Number.NaN), 0);

/** "Contract for outside users", line by line. */
export function contractSuite(ready: () => Spine): void {
  describe('contract for outside users', () => {
    it('status', async () => {
      const spine = ready();
      const status = await cliJson<{
        ready: boolean;
        version: string;
        addresses: Record<string, string>;
        processes: { role: string; pid: number }[];
        agents: { online: number; total: number };
      }>(spine, 'status');
      expect(status.ready).toBe(true);
      expect(status.version).toMatch(/^\d+\.\d+\.\d+/);
      expect(Object.keys(status.addresses).toSorted()).toEqual([
        'gateway',
        'postgres',
        'temporal',
        'temporalUi',
        'web',
      ]);
      expect(Object.values(status.addresses).every(Boolean)).toBe(true);
      const roles = status.processes.map(({ role }) => role).toSorted();
      expect(roles).toEqual(['agent', 'api', 'gateway', 'postgres', 'supervisor', 'temporal', 'worker']);
      expect(new Set(status.processes.map(({ pid }) => pid)).size).toBe(7);
      expect(status.agents).toEqual({ online: 3, total: 3 });
      expect((await fetch(status.addresses['temporalUi'] ?? '')).ok).toBe(true);
      expect((await fetch(new URL('/api/openapi.json', status.addresses['web']))).ok).toBe(true);
    });

    it('agent list, join-token create, agent run', async () => {
      const spine = ready();
      const agents = await cliJson<Record<string, unknown>[]>(spine, 'agent', 'list');
      expect(agents.map(({ name }) => name).toSorted()).toEqual(['alpha', 'beta', spine.local].toSorted());
      for (const agent of agents) {
        expect(agent).toMatchObject({ state: 'online', id: expect.stringMatching(/^[0-9a-f-]{36}$/) as string });
        expect(agent).toMatchObject({
          address: expect.any(String) as string,
          version: expect.stringMatching(/\d/) as string,
        });
        expect(agent['identity']).toMatch(/^[0-9a-f-]{36}$/);
      }
      const { token } = await cliJson<{ token: string }>(spine, 'agent', 'join-token', 'create');
      const data = join(spine.platform.folder, 'agents', 'by hand');
      const words = ['cli/signalbox.mjs', 'agent', 'run', '--server', spine.platform.gatewayAddress()];
      const child: ChildProcess = spawn(
        process.execPath,
        [...words, '--join', token, '--data', data, '--name', 'by-hand'],
        {
          cwd: checkout,
          env: spine.platform.env,
          stdio: 'ignore',
        },
      );
      try {
        await eventually('by-hand is online', async () => (await stateOf(spine, 'by-hand')) === 'online', {
          withinMs: 60_000,
        });
        const { exit } = await runAndWait(spine, ['--host', 'by-hand'], ['true']);
        expect(exit).toBe(0);
      } finally {
        const gone = new Promise((resolve) => child.once('exit', resolve));
        child.kill('SIGTERM');
        await gone;
      }
      await eventually('by-hand is offline', async () => (await stateOf(spine, 'by-hand')) === 'offline', {
        withinMs: 30_000,
      });
    });

    it('node create, list, bind, unbind, rename, move, delete', async () => {
      const spine = ready();
      const paths = async (...more: string[]) =>
        (await cliJson<{ path: string }[]>(spine, 'node', 'list', ...more)).map(({ path }) => path);
      await cliJson(spine, 'node', 'create', 'shop.web.front');
      expect(await paths('shop')).toEqual(expect.arrayContaining(['shop.web', 'shop.web.front']));
      expect(await paths()).toEqual(expect.arrayContaining(['demo.local', 'shop']));
      await cliJson(spine, 'node', 'bind', 'shop.web.front', 'alpha', 'beta');
      expect(await spine.platform.cli(['node', 'delete', 'shop'])).toMatchObject({ code: 1, stdout: '' });
      await cliJson(spine, 'node', 'unbind', 'shop.web.front', 'beta');
      await cliJson(spine, 'node', 'rename', 'shop.web.front', 'edge');
      await cliJson(spine, 'node', 'create', 'other');
      await cliJson(spine, 'node', 'move', 'shop.web', 'other');
      expect(await paths('other')).toEqual(expect.arrayContaining(['other.web', 'other.web.edge']));
      const { task } = await runAndWait(spine, ['--node', 'other'], ['true']);
      expect(task.counts).toMatchObject({ total: 1, succeeded: 1 });
      await cliJson(spine, 'node', 'delete', 'other', '--cascade');
      expect(await paths()).not.toContain('other');
    });

    it('task run on demo.local: hello from this machine', async () => {
      const spine = ready();
      const { exit, task, hosts } = await runAndWait(
        spine,
        ['--node', 'demo.local'],
        ['bash', '-c', 'echo hello from $(hostname)'],
      );
      expect([exit, task.state]).toEqual([0, 'succeeded']);
      expect(Object.keys(task.counts)).toEqual(expect.arrayContaining(countNames));
      expect([task.counts['total'], sum(task.counts)]).toEqual([1, 1]);
      expect(hosts).toHaveLength(1);
      const host = hosts[0];
      expect(host).toMatchObject({ host: spine.local, state: 'succeeded', exitCode: 0, attempt: 1 });
      expect(Date.parse(host?.finishedAt ?? '') - Date.parse(host?.startedAt ?? '')).toBe(host?.durationMs);
      expect(await outputOf(spine, task.id, spine.local)).toMatch(/^hello from \S+\n$/);
      const asTable = await spine.platform.cli([
        'task',
        'run',
        '--node',
        'demo.local',
        '--',
        'bash',
        '-c',
        'echo hello',
      ]);
      expect(asTable.code).toBe(0);
      expect(asTable.stdout).toContain('hello');
    });

    it('task run with a script file, arguments, a hosts file, and exit codes', async () => {
      const spine = ready();
      const script = writeText(spine, 'args.sh', '#!/bin/bash\nprintf "%s|" "$@"\necho warned >&2\n');
      const hostsFile = writeText(spine, 'hosts.txt', 'beta\nalpha\n');
      const more = [
        '--arg',
        'a b',
        '--arg',
        '$HOME "x"',
        '--timeout',
        '30s',
        '--on-error',
        'stop',
        '--concurrency',
        '1',
      ];
      const { exit, task, hosts } = await runAndWait(spine, ['--hosts-file', hostsFile, '--script', script, ...more]);
      expect([exit, task.state]).toEqual([0, 'succeeded']);
      expect(hosts.map(({ host }) => host)).toEqual(['beta', 'alpha']);
      expect(await outputOf(spine, task.id, 'beta')).toBe('a b|$HOME "x"|');
      expect(await outputOf(spine, task.id, 'beta', '--stderr')).toBe('warned\n');
      const failed = await runAndWait(spine, ['--host', 'alpha,beta'], ['bash', '-c', 'exit 7']);
      expect([failed.exit, failed.task.state]).toEqual([1, 'failed']);
      expect(failed.hosts.map(({ state, exitCode }) => [state, exitCode])).toEqual([
        ['failed', 7],
        ['failed', 7],
      ]);
      const noWait = await spine.platform.cli(['task', 'run', '--host', 'alpha', '-o', 'json', '--', 'false']);
      expect(noWait.code).toBe(0);
      expect(noWait.json<TaskJson>().state).toMatch(/submitted|running/);
    });

    it('task get, list, pause, continue, kill, retry-failed', async () => {
      const spine = ready();
      const { platform } = spine;
      const flag = join(platform.folder, 'files', 'flag');
      const mayFail = join(platform.folder, 'files', 'may-fail');
      const body = `test -e '${flag}' && exit 0; until test -e '${mayFail}'; do sleep 0.1; done; exit 1`;
      const options = ['--host', 'alpha,beta,' + spine.local, '--concurrency', '1', '--on-error', 'continue'];
      const submitted = await platform.cli(['task', 'run', ...options, '-o', 'json', '--', 'bash', '-c', body]);
      const { id } = submitted.json<TaskJson>();
      await eventually('the first host runs', async () => (await task(spine, id)).counts['running'] === 1, {
        withinMs: 30_000,
      });
      expect(await cliJson(spine, 'task', 'pause', id)).toMatchObject({ state: 'paused' });
      writeText(spine, 'may-fail', '');
      await eventually('it has ended', async () => (await task(spine, id)).counts['failed'] === 1, {
        withinMs: 30_000,
      });
      expect((await task(spine, id)).counts).toMatchObject({ pending: 2, running: 0, total: 3 });
      rmSync(mayFail);
      expect(await cliJson(spine, 'task', 'continue', id)).toMatchObject({ state: 'running' });
      await eventually('the second host runs', async () => (await task(spine, id)).counts['running'] === 1, {
        withinMs: 30_000,
      });
      expect(await cliJson(spine, 'task', 'kill', id)).toMatchObject({ id });
      await eventually('it is killed', async () => (await task(spine, id)).state === 'killed', { withinMs: 60_000 });
      const killed = await task(spine, id);
      expect(killed.counts).toMatchObject({ failed: 1, killed: 1, revoked: 1 });
      expect(sum(killed.counts)).toBe(3);
      writeText(spine, 'flag', '');
      const retried = await platform.cli(['task', 'retry-failed', id, '--wait', '-o', 'json']);
      expect(retried.code).toBe(0);
      expect((await task(spine, id)).counts).toMatchObject({ succeeded: 3, total: 3 });
      const hosts = await cliJson<HostJson[]>(spine, 'task', 'hosts', id);
      expect(hosts.map(({ attempt, exitCode }) => [attempt, exitCode])).toEqual([
        [2, 0],
        [2, 0],
        [2, 0],
      ]);
      const list = await cliJson<TaskJson[]>(spine, 'task', 'list');
      expect(list.find((row) => row.id === id)).toMatchObject({ state: 'succeeded', counts: { total: 3 } });
    });

    it('data is on stdout, messages are on stderr, and -o yaml and completion exist', async () => {
      const { platform } = ready();
      const unknown = await platform.cli(['task', 'get', '00000000-0000-7000-8000-000000000000']);
      expect(unknown).toMatchObject({ code: 1, stdout: '' });
      expect(unknown.stderr).not.toBe('');
      expect((await platform.cli(['whoami', '-o', 'yaml'])).stdout).toMatch(/^name: /m);
      expect(await platform.cli(['completion', 'bash'])).toMatchObject({ code: 0 });
    });
  });

  const task = (spine: Spine, id: string) => cliJson<TaskJson>(spine, 'task', 'get', id);
}

async function stateOf(spine: Spine, name: string): Promise<unknown> {
  return (await cliJson<{ name: string; state: string }[]>(spine, 'agent', 'list')).find((row) => row.name === name)
    ?.state;
}
