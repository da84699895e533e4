import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readProcessTable } from '#processes/supervisor/process-table.ts';
import { eventually } from '#tests/support/eventually.ts';
import { type TestLab, testLab } from '#tests/support/lab.ts';
import { processesOf, sendSignal } from '#tests/support/own-processes.ts';
import { checkout, type Platform, startPlatform } from '#tests/support/platform.ts';
import { runCommand } from '#tools/ensure/command.ts';
import { missingParts } from '#tools/ensure/missing.ts';
import { prometheusBinaries } from '#tools/ensure/prometheus.ts';
import { labFolder } from '#tools/lab/lab-folder.ts';

interface Sample {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [number, string];
}

/** May have to be built first, which takes minutes. */
const missing = (await missingParts(['prometheus'])).get('prometheus');

/** Real Prometheus servers beside a real platform. */
describe.skipIf(missing !== undefined)('npm run lab -- prometheus', () => {
  let platform: Platform;
  let lab: TestLab;
  let addresses: string[];
  const rows = () => readProcessTable(labFolder(platform.data).processes);
  const leftOfTheLab = () => processesOf(join(platform.data, 'lab'));

  beforeAll(async () => {
    platform = await startPlatform();
    lab = await testLab(platform.env);
    ({ prometheus: addresses } = await lab.start<{ prometheus: string[] }>('prometheus'));
  }, 240_000);
  afterAll(() => platform?.remove(), 90_000);

  async function query(address: string, expression: string): Promise<Sample[]> {
    const response = await fetch(`${address}/api/v1/query?${new URLSearchParams({ query: expression }).toString()}`);
    const { data } = (await response.json()) as { data: { result: Sample[] } };
    return data.result;
  }

  const up = async (address: string) =>
    (await query(address, 'up'))
      .map(({ metric, value }) => `${metric['server'] ?? metric['process']} ${value[1]}`)
      .sort();
  const everythingUp = ['api 1', 'gateway 1', 'prometheus-1 1', 'prometheus-2 1', 'worker 1'];

  it('scrapes itself, the other one and the platform, and its Watchdog fires', async () => {
    expect(addresses).toHaveLength(2);
    for (const address of addresses) {
      await eventually('all targets are up', async () => String(await up(address)) === String(everythingUp), {
        withinMs: 30_000,
      });
      await eventually(
        'the Watchdog fires',
        async () => (await query(address, 'ALERTS{alertname="Watchdog",alertstate="firing"}')).length === 1,
        { withinMs: 30_000 },
      );
    }
    expect((await query(addresses[0] ?? '', 'signalbox_http_request_seconds_count')).length).toBeGreaterThan(0);
  });

  it('has in promtool the judge of its configuration', async () => {
    const { promtool } = await prometheusBinaries();
    const file = join(platform.data, 'lab', 'prometheus', 'prometheus-1', 'prometheus.yml');
    expect(readFileSync(file, 'utf8')).toContain('replica: prometheus-1');
    expect(await runCommand(promtool, ['check', 'config', file])).toContain('SUCCESS: 3 rules found');
  });

  it('goes on with one when the other is killed, says so, and brings it back with its data', async () => {
    const [first = '', second = ''] = addresses;
    const at = Math.floor(Date.now() / 1000);
    const seenUntilThen = async () =>
      Number((await query(first, `count_over_time(up{server="prometheus-2"}[10m] @ ${at})`))[0]?.value[1]);
    const before = await seenUntilThen();
    expect(before).toBeGreaterThan(0);
    const victim = rows().find(({ role }) => role === 'prometheus-1');
    expect(sendSignal(victim?.pid ?? 0, 'SIGKILL')).toBe(true);
    await eventually('the other one sees it', async () => (await up(second)).includes('prometheus-1 0'), {
      withinMs: 30_000,
    });
    const seen = await lab.run();
    expect(seen.stdout).toMatch(/prometheus-1 +died[\s\S]*prometheus-2 +runs/);

    expect(await lab.start('prometheus')).toEqual({ prometheus: addresses });
    await eventually('the other one sees it again', async () => String(await up(second)) === String(everythingUp), {
      withinMs: 30_000,
    });
    expect(await seenUntilThen()).toBe(before);
  });

  it('leaves no process when it is stopped, nor after Ctrl-C in the foreground', async () => {
    expect(leftOfTheLab().length).toBeGreaterThanOrEqual(2);
    await lab.stop();
    expect(leftOfTheLab()).toEqual([]);

    const child = spawn(process.execPath, [join('tools', 'lab.ts'), 'prometheus'], {
      cwd: checkout,
      env: { ...platform.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let said = '';
    child.stderr.on('data', (text: Buffer) => (said += text.toString()));
    const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
    await eventually('it runs in the foreground', () => said.includes('Ctrl-C ends'), { withinMs: 60_000 });
    expect(rows()).toHaveLength(2);
    child.kill('SIGINT');
    expect(await ended).toBe(0);
    expect(leftOfTheLab()).toEqual([]);
    expect(platform.pids()['api']).toBeGreaterThan(0);
  });
});
