import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApi, type TestApi } from '#api/testing/test-api.ts';
import { createLocalCli } from '../testing/local-cli.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
  await api.call('POST', '/api/v1/nodes', { body: { path: 'shop.web' } });
  await api.machine('web-1', { nodes: ['shop.web'] });
});
afterAll(() => api.remove());

const { run: cli, json } = createLocalCli(() => api);

describe('signalbox schedule', () => {
  it('makes, shows, edits, fires and removes one', async () => {
    const made = await json(
      ...[
        'schedule',
        'create',
        'nightly',
        '--cron',
        '30 3 * * mon-fri',
        '--zone',
        'Asia/Shanghai',
        '--node',
        'shop.web',
      ],
      ...['--timeout', '90s', '--env', 'A=b', '--overlap', 'queue', '--catch-up', '2h', '--', 'echo', '--all', 'night'],
    );
    expect(made).toMatchObject({
      name: 'nightly',
      node: 'shop.web',
      cron: '30 3 * * MON-FRI',
      zone: 'Asia/Shanghai',
      overlap: 'queue',
      catchUpMs: 7_200_000,
      payload: { payload: { command: ['echo', '--all', 'night'], env: { A: 'b' }, timeoutMs: 90_000 } },
    });
    const list = await cli(['schedule', 'list']);
    expect(list.stdout).toMatch(/nightly +30 3 \* \* MON-FRI +Asia\/Shanghai/);
    expect(await json('schedule', 'next', 'nightly', '--count', '3')).toHaveLength(3);

    const edited = await json('schedule', 'edit', 'NIGHTLY', '--cron', '0 4 * * *', '--name', 'morning');
    const { payload, owner } = made as unknown as { payload: object; owner: string };
    expect(edited).toMatchObject({ owner, name: 'morning', cron: '0 4 * * *', version: 2, payload });

    expect(await json('schedule', 'pause', 'morning')).toMatchObject({ paused: true, nextAt: null });
    expect(await json('schedule', 'continue', 'morning')).toMatchObject({ paused: false });
    const fired = await json('schedule', 'run-now', 'morning');
    expect(fired).toMatchObject({ state: 'started', byHand: true });
    expect(await json('schedule', 'firings', 'morning')).toMatchObject([{ state: 'started', changeState: 'applying' }]);
    expect(await json('schedule', 'rm', 'morning')).toEqual({ schedule: 'morning', deleted: true });
    expect((await cli(['schedule', 'list'])).stdout + (await cli(['schedule', 'list'])).stderr).toContain(
      'No schedules',
    );
  });

  it('says what is wrong', async () => {
    for (const [args, said] of [
      [['schedule', 'create', 'x', '--node', 'shop.web', '--', 'true'], /--cron/],
      [['schedule', 'create', 'x', '--cron', '@daily', '--node', 'shop.web', '--', 'true'], /five fields/],
      [['schedule', 'create', 'x', '--cron', '0 0 1 * MON', '--node', 'shop.web', '--', 'true'], /not both/],
      [['schedule', 'create', 'x', '--cron', '0 0 * * *', '--zone', 'CST', '--node', 'shop.web', '--', 'true'], /CST/],
      [['schedule', 'create', 'x', '--cron', '0 0 * * *', '--node', 'no.such', '--', 'true'], /node/],
      [['schedule', 'get', 'unknown'], /no schedule 'unknown'/],
    ] as const) {
      const { code, stderr } = await cli([...args]);
      expect(code, args.join(' ')).not.toBe(0);
      expect(stderr).toMatch(said);
    }
  });
});
