import { existsSync, readFileSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createStubPlatform, type RunningStart, type StubPlatform } from './testing/stub-platform.ts';
import { stopOrder } from './orphans.ts';
import { readPorts } from './ports.ts';
import { identify, isAlive } from './process-identity.ts';

const roles = [...stopOrder, 'supervisor'];
const patience = { timeout: 60_000, interval: 100 };

async function untilReady(run: RunningStart): Promise<void> {
  await vi.waitFor(() => expect(run.output()).toContain('Signalbox is ready'), patience);
}

function playing(platform: StubPlatform): string[] {
  return platform
    .rows()
    .filter(isAlive)
    .map(({ role }) => role)
    .toSorted();
}

/** Kills a role's process and waits until another one plays it. */
async function killAndWait(platform: StubPlatform, role: string): Promise<void> {
  const before = platform.pid(role);
  process.kill(before, 'SIGKILL');
  await expect
    .poll(() => platform.rows().some((row) => row.role === role && row.pid !== before && isAlive(row)), patience)
    .toBe(true);
}

describe('supervisor', () => {
  let platform: StubPlatform;
  let running: RunningStart;

  beforeAll(async () => {
    platform = createStubPlatform();
    running = platform.start();
    await untilReady(running);
  });
  afterAll(async () => {
    running.process.kill('SIGTERM');
    await running.ended;
    platform.remove();
  });

  it('gives each role its own process, and keeps secrets to itself', () => {
    expect(playing(platform)).toEqual(roles.toSorted());
    expect(new Set(platform.rows().map(({ pid }) => pid)).size).toBe(roles.length);
    expect(platform.pid('supervisor')).toBe(running.process.pid);
    expect(statSync(platform.folder.keys).mode & 0o777).toBe(0o700);
    expect(statSync(join(platform.folder.keys, 'postgres-password')).mode & 0o777).toBe(0o600);
    expect(statSync(platform.folder.processes).mode & 0o777).toBe(0o600);
    const agentEnvironment = readFileSync(`/proc/${platform.pid('agent')}/environ`, 'utf8');
    expect(agentEnvironment).not.toContain('SIGNALBOX_DATABASE_URL');
  });

  it('refuses a second start while it runs', async () => {
    const second = platform.start();
    expect(await second.ended).toBe(1);
    expect(second.output()).toContain(
      `already runs on ${platform.folder.root} (pid ${running.process.pid}, http://127.0.0.1:`,
    );
    expect(second.output()).toContain('npm start -- --stop');
    expect(playing(platform)).toEqual(roles.toSorted());
  });

  it.each(['api', 'postgres', 'temporal', 'agent'])('restarts %s after kill -9', async (role) => {
    await killAndWait(platform, role);
    await expect
      .poll(() => running.output(), patience)
      .toMatch(new RegExp(`${role === 'postgres' ? 'PostgreSQL .*' : role} is back`, 'i'));
    expect(playing(platform)).toEqual(roles.toSorted());
  });

  it('after its own kill -9: the next start finds what was left, stops it in order, keeps ports, leaves scripts alone', async () => {
    const left = platform.rows().filter(({ role }) => role !== 'supervisor');
    const ports = readPorts(platform.folder.ports);
    const script = identify(Number(readFileSync(join(platform.folder.agent, 'script.pid'), 'utf8')));
    running.process.kill('SIGKILL');
    await running.ended;
    expect(left.every(isAlive)).toBe(true);

    running = platform.start();
    await untilReady(running);
    expect(left.filter(isAlive)).toEqual([]);
    const stopped = [...running.output().matchAll(/^ {2}(\w+) \(pid (\d+)\)$/gm)].map(([, role]) => role);
    expect(stopped).toEqual([...stopOrder]);
    expect(readPorts(platform.folder.ports)).toEqual(ports);
    expect(script && isAlive(script)).toBe(true);
    expect(playing(platform)).toEqual(roles.toSorted());
  });

  it('stops all in order, and the next start goes on with the same data', async () => {
    const stop = platform.start(['--stop']);
    expect(await stop.ended).toBe(0);
    expect(await running.ended).toBe(0);
    const order = [...running.output().matchAll(/^ {2}stopping (\w+)/gm)].map(([, title]) => title?.toLowerCase());
    expect(order).toEqual(['agent', 'gateway', 'worker', 'api', 'temporal', 'postgresql']);
    expect(platform.rows()).toEqual([]);

    running = platform.start(['--roles', 'api,worker,gateway']);
    await untilReady(running);
    expect(playing(platform)).toEqual(roles.toSorted());
    expect(platform.pid('worker')).toBe(platform.pid('api'));
  });

  it('a second signal stops at once', async () => {
    const rows = platform.rows();
    running.process.kill('SIGINT');
    await expect.poll(() => running.output()).toContain('Stopping in order');
    running.process.kill('SIGINT');
    expect(await running.ended).toBe(0);
    await expect.poll(() => rows.filter(isAlive), patience).toEqual([]);
  });
});

describe.runIf(process.getuid?.() === 0)(
  'as root below a folder that the database user cannot enter, in the background',
  () => {
    it('says so and puts the database where it works; the one-time password is shown and not logged', async () => {
      const platform = createStubPlatform(0o700);
      try {
        const run = platform.start(['--detach']);
        expect(await run.ended).toBe(0);
        const cluster = readFileSync(join(platform.folder.root, 'postgres-elsewhere'), 'utf8').trim();
        expect(run.output()).toContain(`cannot enter ${platform.folder.root}: the database lives in ${cluster}.`);
        expect(cluster).toMatch(/^\/var\/lib\/signalbox\//);
        expect(statSync(cluster).mode & 0o777).toBe(0o700);
        expect(statSync(cluster).uid).not.toBe(0);
        expect(run.output()).toContain('one-time-stub');
        expect(readFileSync(platform.folder.log('supervisor'), 'utf8')).not.toContain('one-time-stub');

        expect(await platform.start(['--stop']).ended).toBe(0);
        expect(existsSync(join(cluster, 'postmaster.pid'))).toBe(false);
        rmSync(dirname(cluster), { recursive: true });
      } finally {
        await platform.start(['--stop']).ended;
        platform.remove();
      }
    });
  },
);
