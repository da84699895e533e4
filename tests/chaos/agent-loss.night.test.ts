import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, onTestFailed } from 'vitest';
import { resultCodes } from '#domain/tasks/result-codes.ts';
import { eventually, report } from '#tests/support/eventually.ts';
import { type Journal, openJournal } from '#tests/support/journal.ts';
import { judge } from '#tests/support/oracle.ts';
import { killProcessesOf } from '#tests/support/own-processes.ts';
import { addAgent, type RealAgent } from '#tests/support/platform-agents.ts';
import { type Platform, startPlatform } from '#tests/support/platform.ts';
import { type SimulatedFleet, startFleet } from '#tests/support/sim-fleet.ts';
import { hostReaches, submitTask, taskEnd, taskHost, taskHosts } from '#tests/support/tasks.ts';

const leaseMs = 12_000;

/** R5, R6 and what an agent's disk or host can lose. */
describe('agents that die', () => {
  let platform: Platform;
  let fleet: SimulatedFleet;
  let journal: Journal;
  const agents: RealAgent[] = [];
  const tasks: string[] = [];

  const add = async (...args: Parameters<typeof addAgent> extends [unknown, ...infer Rest] ? Rest : never) => {
    const agent = await addAgent(platform, ...args);
    agents.push(agent);
    return agent;
  };
  const run = async (hosts: readonly string[], body: string, strategy = {}) => {
    const id = await submitTask(platform, {
      target: { hosts: [...hosts] },
      script: `${journal.scriptLine}\n${body}\n`,
      strategy,
    });
    tasks.push(id);
    return id;
  };
  const started = async (taskId: string, host: string) => {
    const { id } = await hostReaches(platform, taskId, host, ['running'], 30_000);
    await eventually(`${host} runs the script`, () => journal.executions().some(({ runId }) => runId === id), {
      withinMs: 30_000,
    });
  };

  beforeAll(async () => {
    platform = await startPlatform({ env: { SIGNALBOX_LEASE_MS: String(leaseMs) } });
    journal = openJournal(join(platform.folder, 'journal'));
    fleet = await startFleet(platform, { count: 4, prefix: 'sim' });
  }, 240_000);

  afterAll(async () => {
    await fleet?.stop();
    for (const agent of agents) await agent.stop();
    await platform?.remove();
  }, 90_000);

  it('R5: killed in mid-script and back after 5 s, it takes over what runs and reports what ended meanwhile', async () => {
    onTestFailed(() => console.error(platform.evidence(), agents.at(-1)?.log()));
    const agent = await add('taker');
    const long = await run(['taker'], 'sleep 9; echo whole body');
    const short = await run(['taker'], 'sleep 2; echo short body; exit 3');
    await started(long, 'taker');
    await started(short, 'taker');
    await agent.kill();
    await sleep(5_000);
    await agent.start();
    const back = performance.now();
    expect((await taskEnd(platform, short, 75_000)).state).toBe('failed');
    report('R5 result of a script that ended while its agent was dead, after', back);
    expect((await taskEnd(platform, long, 75_000)).state).toBe('succeeded');
    report('R5 result of a script taken over (9 s long), after', back);
    expect(await taskHost(platform, short, 'taker')).toMatchObject({ state: 'failed', exitCode: 3, attempt: 1 });
    const output = await platform.api.request<string>('GET', `/api/v1/tasks/${long}/output?host=taker`);
    expect(output.body).toBe('whole body\n');
  });

  it('R5: an upgrade (SIGTERM, new process) leaves scripts alone', async () => {
    onTestFailed(() => console.error(platform.evidence(), agents.at(-1)?.log()));
    const agent = await add('upgraded');
    const id = await run(['upgraded'], 'sleep 4; echo through the upgrade');
    await started(id, 'upgraded');
    await agent.stop();
    await agent.start();
    expect((await taskEnd(platform, id, 60_000)).state).toBe('succeeded');
    const output = await platform.api.request<string>('GET', `/api/v1/tasks/${id}/output?host=upgraded`);
    expect(output.body).toBe('through the upgrade\n');
  });

  it('a wiped spool loses what was in flight, says so, and never runs it again', async () => {
    onTestFailed(() => console.error(platform.evidence(), agents.at(-1)?.log()));
    const agent = await add('wiped');
    const id = await run(['wiped'], 'sleep 6');
    await started(id, 'wiped');
    await agent.kill();
    agent.wipeSpool();
    const since = performance.now();
    await agent.start();
    const lost = await hostReaches(platform, id, 'wiped', ['lost'], 60_000);
    report('wiped spool noticed in', since);
    expect(lost.code).toBe(resultCodes.spoolReplaced);
    expect((await taskEnd(platform, id, 30_000)).counts).toMatchObject({ lost: 1, total: 1 });
    await sleep(6_000);
    expect((await taskHost(platform, id, 'wiped')).state).toBe('lost');
    expect(await taskEnd(platform, await run(['wiped'], 'true'), 30_000)).toMatchObject({ state: 'succeeded' });
  });

  it('R6: a host gone for good is lost after the lease, the error strategy obeys, a late result counts once', async () => {
    onTestFailed(() => console.error(platform.evidence(), agents.at(-1)?.log()));
    const agent = await add('gone');
    const rest = fleet.names.slice(0, 2);
    const stops = await run(['gone', ...rest], 'sleep 1; echo late', { concurrency: 1, onError: 'stop' });
    const goesOn = await run(['gone', ...rest], 'sleep 1', { concurrency: 1, onError: 'continue' });
    await started(stops, 'gone');
    await started(goesOn, 'gone');
    await agent.kill();
    const since = performance.now();
    const stopped = await taskEnd(platform, stops, leaseMs * 5);
    report(`R6 lease of ${leaseMs / 1000} s: lost and ended after`, since);
    expect([stopped.state, stopped.counts.lost, stopped.counts.revoked]).toEqual(['failed', 1, 2]);
    const hosts = await taskHosts(platform, stops);
    expect(hosts.map(({ state, code }) => [state, code])).toEqual([
      ['lost', resultCodes.leaseExpired],
      ['revoked', resultCodes.stoppedByErrorStrategy],
      ['revoked', resultCodes.stoppedByErrorStrategy],
    ]);
    const continued = await taskEnd(platform, goesOn, leaseMs * 5);
    expect([continued.state, continued.counts.lost, continued.counts.succeeded]).toEqual(['failed', 1, 2]);

    await agent.start();
    const late = await hostReaches(platform, stops, 'gone', ['succeeded'], 60_000);
    expect(late.late).toBe(true);
    expect((await taskEnd(platform, stops, 1_000)).state).toBe('failed');
    const output = await platform.api.request<string>('GET', `/api/v1/tasks/${stops}/output?host=gone`);
    expect(output.body).toBe('late\n');
    await agent.kill();
    await agent.start();
    expect(await taskHost(platform, stops, 'gone')).toEqual(late);
  });

  const canChangeBootId = spawnSync('unshare', ['-m', 'true']).status === 0;
  it.skipIf(!canChangeBootId)('a reboot ends its runs as lost, with the reason', async () => {
    onTestFailed(() => console.error(platform.evidence(), agents.at(-1)?.log()));
    const bootId = join(platform.folder, 'boot-id');
    writeFileSync(bootId, `${randomUUID()}\n`);
    // A mount namespace of its own, in which the kernel's boot id is another one.
    const mount = `mount --bind '${bootId}' /proc/sys/kernel/random/boot_id && exec "$@"`;
    const agent = await add('rebooted', { wrapper: () => ['unshare', '-m', 'sh', '-c', mount, 'sh'] });
    const id = await run(['rebooted'], 'sleep 300');
    await started(id, 'rebooted');
    await agent.kill();
    killProcessesOf(agent.data);
    writeFileSync(bootId, `${randomUUID()}\n`);
    await agent.start();
    const lost = await hostReaches(platform, id, 'rebooted', ['lost'], 60_000);
    expect(lost.code).toBe(resultCodes.hostRebooted);
    expect((await taskEnd(platform, id, 30_000)).state).toBe('failed');
  });

  it('keeps I1–I3 over all of this', async () => {
    const verdict = await judge(platform.database.db, tasks, [...journal.executions(), ...(await fleet.executions())]);
    console.info('oracle', JSON.stringify({ ...verdict, faults: verdict.faults.length }));
    expect(verdict.faults).toEqual([]);
  });
});
