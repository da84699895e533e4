import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFailed } from 'vitest';
import { runCommand } from '#tests/support/command.ts';
import { eventually, report } from '#tests/support/eventually.ts';
import { type Journal, openJournal } from '#tests/support/journal.ts';
import { judge } from '#tests/support/oracle.ts';
import { sendSignal } from '#tests/support/own-processes.ts';
import { checkout, type Platform, startPlatform } from '#tests/support/platform.ts';
import { hostReaches, submitTask, taskEnd } from '#tests/support/tasks.ts';

/** Start, stop, and start again of the supervisor, with a script that runs through all of it. */
describe('life of the platform on one machine', () => {
  let platform: Platform;
  let journal: Journal;
  let local: string;
  const tasks: string[] = [];

  beforeAll(async () => {
    const since = performance.now();
    platform = await startPlatform();
    report('first start ready after', since);
    journal = openJournal(join(platform.folder, 'journal'));
    local = (await platform.api.get<{ items: { name: string }[] }>('/api/v1/agents')).items[0]?.name ?? '';
  }, 240_000);

  afterAll(() => platform?.remove(), 90_000);

  /** A script of some seconds on this machine's agent; resolves with its pid once it runs. */
  async function longScript(seconds: number): Promise<{ id: string; pid: number }> {
    const script = `${journal.scriptLine}\nsleep ${seconds}\necho the whole script\n`;
    const id = await submitTask(platform, { target: { node: 'demo.local' }, script });
    tasks.push(id);
    const row = await hostReaches(platform, id, local, ['running'], 30_000);
    const start = await eventually(
      'the script runs',
      () => journal.executions().find(({ runId }) => runId === row.id),
      { withinMs: 30_000 },
    );
    return { id, pid: Number(start.at) };
  }

  async function expectWhole(id: string): Promise<void> {
    const ended = await taskEnd(platform, id, 90_000);
    expect([ended.state, ended.counts.succeeded]).toEqual(['succeeded', 1]);
    const output = await platform.api.request<string>('GET', `/api/v1/tasks/${id}/output?host=${local}`);
    expect(output.body).toBe('the whole script\n');
  }

  it('says where everything is', () => {
    const printed = platform.printed();
    expect(printed).toContain(platform.signIn().url);
    expect(printed).toMatch(/admin \/ \S{12,}/);
    expect(printed).toMatch(/Temporal UI\s+http:\/\/127\.0\.0\.1:\d+/);
    expect(printed).toContain('npx signalbox task run --node demo.local');
  });

  it('keeps keys and sign-in to its user', () => {
    const files = (folder: string): string[] =>
      readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
        entry.isDirectory() ? files(join(folder, entry.name)) : [join(folder, entry.name)],
      );
    const secret = [
      ...files(join(platform.data, 'keys')),
      join(platform.data, 'run', 'signin.json'),
      join(platform.data, 'run', 'first-password'),
    ];
    expect(secret.length).toBeGreaterThan(3);
    // The CA's certificate is public; everything else in there is not.
    for (const file of secret.filter((path) => !path.endsWith('ca.pem'))) {
      expect([file, (statSync(file).mode & 0o777).toString(8)]).toEqual([file, '600']);
    }
    for (const file of files(join(platform.data, 'agent')).filter((path) => /\.(key|pem)$/.test(path))) {
      expect([file, (statSync(file).mode & 0o077).toString(8)]).toEqual([file, '0']);
    }
  });

  it('a second start is refused with a clear message, and the first one goes on', async () => {
    const before = platform.pids();
    const second = await runCommand(process.execPath, ['--disable-warning=ExperimentalWarning', 'processes/start.ts'], {
      cwd: checkout,
      env: { ...platform.env },
      timeoutMs: 60_000,
    });
    expect(second.code).toBe(1);
    expect(second.stdout + second.stderr).toMatch(/already runs on .*pid \d+/);
    expect(platform.pids()).toEqual(before);
    expect((await platform.api.get<{ ready: boolean }>('/api/v1/status')).ready).toBe(true);
  });

  it('Ctrl-C stops all in order, leaves the script alone, and the task goes on at the next start', async () => {
    onTestFailed(() => console.error(platform.evidence()));
    const { id, pid } = await longScript(12);
    const before = platform.pids();
    const since = performance.now();
    expect(await platform.interrupt()).toBe(0);
    report('Ctrl-C to the end took', since);
    const stops = [...platform.printed().matchAll(/^ {2}stopping (\w+)/gm)].map(([, title]) => title?.toLowerCase());
    expect(stops).toEqual(['agent', 'gateway', 'worker', 'api', 'temporal', 'postgresql']);
    for (const [role, old] of Object.entries(before)) expect([role, sendSignal(old, 0)]).toEqual([role, false]);
    expect(sendSignal(pid, 0), 'the script runs on').toBe(true);
    const again = performance.now();
    await platform.start();
    report('second start ready after', again);
    expect(platform.signIn().url).toContain('127.0.0.1');
    await expectWhole(id);
  });

  it('kill -9 of the supervisor, then start: leftovers are found, stopped and replaced, the script is left alone', async () => {
    onTestFailed(() => console.error(platform.evidence()));
    const { id, pid } = await longScript(12);
    const before = platform.pids();
    await platform.killSupervisor();
    for (const role of ['postgres', 'temporal', 'api', 'worker', 'gateway', 'agent']) {
      expect([role, sendSignal(before[role] ?? 0, 0)]).toEqual([role, true]);
    }
    const since = performance.now();
    await platform.start();
    report('kill -9 of the supervisor: ready again after', since);
    expect(platform.printed()).toMatch(/left \d+ processes behind/);
    const after = platform.pids();
    for (const [role, old] of Object.entries(before)) {
      expect([role, sendSignal(old, 0), after[role] === old]).toEqual([role, false, false]);
    }
    expect(existsSync(`/proc/${pid}`) || journal.executions().length === 2).toBe(true);
    await expectWhole(id);
  });

  it('each script body ran once, and the audit is whole', async () => {
    const verdict = await judge(platform.database.db, tasks, journal.executions());
    expect(verdict.faults).toEqual([]);
    expect(verdict.executions).toBe(verdict.rows);
    expect(readFileSync(join(platform.data, 'ports.json'), 'utf8')).toContain('"web"');
  });
});
