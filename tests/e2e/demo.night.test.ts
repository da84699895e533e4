import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CliResult, runCommand } from '#tests/support/command.ts';
import { checkout, type Platform, startPlatform } from '#tests/support/platform.ts';

/** The demo tells what is so: on a platform that runs, and again on the same data with one of its own. */
describe('npm run demo', () => {
  let platform: Platform;

  beforeAll(async () => {
    platform = await startPlatform();
  }, 240_000);
  afterAll(() => platform?.remove(), 90_000);

  async function demo(): Promise<CliResult> {
    const words = ['--disable-warning=ExperimentalWarning', 'tools/demo.ts'];
    const result = await runCommand(process.execPath, words, {
      cwd: checkout,
      env: { ...platform.env },
      timeoutMs: 270_000,
    });
    expect(result.code, `${result.stdout}${result.stderr}`).toBe(0);
    return result;
  }

  /** The starts that the script of the last run wrote down. */
  function starts(): string[] {
    const folder = join(platform.data, 'demo');
    const journals = readdirSync(folder).filter((name) => name.startsWith('journal-'));
    expect(journals).toHaveLength(1);
    return readFileSync(join(folder, journals[0] ?? ''), 'utf8')
      .split('\n')
      .filter(Boolean);
  }

  async function tickets(): Promise<string[]> {
    const { items } = await platform.api.get<{ items: { state: string }[] }>('/api/v1/tickets');
    return items.map(({ state }) => state);
  }

  it('kills the servers of a platform that runs, and leaves it running', async () => {
    const before = platform.pids();
    const { stdout } = await demo();
    expect(stdout).toContain('it ran exactly once');
    expect(stdout).not.toMatch(/sbx_\w{8}/);
    expect(starts()).toHaveLength(1);
    expect(await tickets()).toEqual(['done']);
    const after = platform.pids();
    for (const role of ['api', 'worker', 'gateway'])
      expect([role, after[role] === before[role]]).toEqual([role, false]);
    for (const role of ['supervisor', 'postgres', 'temporal', 'agent']) {
      expect([role, after[role]]).toEqual([role, before[role]]);
    }
    const free = await platform.cli(['task', 'run', '--node', 'demo.local', '--wait', '-o', 'json', '--', 'true']);
    expect([free.code, free.json()['ticketId']]).toEqual([0, null]);
  });

  it('starts one where none runs, kills all of it, and stops it at the end', async () => {
    expect(await platform.interrupt()).toBe(0);
    const { stdout } = await demo();
    expect(stdout).toMatch(/killed supervisor .*\n.*killed api .*\n.*killed worker/);
    expect(stdout).toMatch(/demo-operator .*from an earlier run/);
    expect(stdout.trimEnd()).toMatch(/All as told, in \d+ s\.$/);
    expect(starts()).toHaveLength(1);
    expect(platform.pids()).toEqual({});
    await platform.start();
    expect(await tickets()).toEqual(['done', 'done']);
  });
});
