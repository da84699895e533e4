import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it, onTestFailed } from 'vitest';
import { eventually, report } from '#tests/support/eventually.ts';
import { judge } from '#tests/support/oracle.ts';
import { cpuSecondsOf } from '#tests/support/own-processes.ts';
import { type Platform, startPlatform } from '#tests/support/platform.ts';
import { startSecondGateway, type SecondGateway } from '#tests/support/second-gateway.ts';
import { type SimulatedFleet, startFleet } from '#tests/support/sim-fleet.ts';
import { submitTask, taskEnd } from '#tests/support/tasks.ts';
import { connectedAgents, ledgerNow } from './kill-plan.ts';

const count = 1_000;

/** R8, and two gateways that share the agents. */
describe('a gateway dies under 1,000 agents', () => {
  let platform: Platform;
  let fleet: SimulatedFleet;
  let second: SecondGateway | undefined;
  const tasks: string[] = [];

  beforeAll(async () => {
    platform = await startPlatform();
    const since = performance.now();
    fleet = await startFleet(platform, { count, prefix: 'sim' });
    report(`${count} simulated agents enrolled and connected in`, since);
  }, 480_000);

  afterAll(async () => {
    await fleet?.stop();
    await second?.kill();
    await platform?.remove();
  }, 90_000);

  /** Agents by gateway, of those that are connected. */
  async function byGateway(): Promise<Record<string, number>> {
    const { rows } = await sql<{ gateway_id: string; n: number }>`
      select gateway_id, count(*)::int as n from agent where disconnected_at is null and gateway_id is not null
      group by 1 order by 1`.execute(platform.database.db);
    return Object.fromEntries(rows.map(({ gateway_id, n }) => [gateway_id, n]));
  }

  it('R8: kill -9 of the gateway in mid-task: all agents come back, jittered, and the task ends', async () => {
    onTestFailed(() => console.error(platform.evidence()));
    await fleet.setRunMs(1_000, 8_000);
    const id = await submitTask(platform, {
      target: { hosts: fleet.names },
      script: 'true',
      strategy: { concurrency: 400 },
    });
    tasks.push(id);
    await eventually('hosts run', async () => (await taskCounts(id)).running >= 200, { withinMs: 60_000 });
    const from = await ledgerNow(platform.database.db);
    const old = platform.kill('gateway');
    const since = performance.now();
    await eventually('a new gateway process', () => (platform.pids()['gateway'] ?? old) !== old, { withinMs: 60_000 });
    await eventually('all agents are back', async () => (await reconnectedSince(from)) >= count, {
      withinMs: 300_000,
      everyMs: 250,
    });
    const cpu = cpuSecondsOf(platform.pids()['gateway'] ?? 0);
    report(`R8 ${count} agents back in`, since, `gateway used ${cpu.toFixed(1)} s of CPU`);
    const { rows } = await sql<{ second: string; n: number }>`
      select extract(epoch from date_trunc('second', connected_at) - min(date_trunc('second', connected_at)) over ())::int::text as second,
             count(*)::int as n from agent where disconnected_at is null group by date_trunc('second', connected_at) order by date_trunc('second', connected_at)`.execute(
      platform.database.db,
    );
    console.info(`R8 came back per second: ${rows.map(({ second, n }) => `${second}s:${n}`).join(' ')}`);
    expect(rows.length, 'agents come back spread over more than one second').toBeGreaterThan(1);
    const ended = await taskEnd(platform, id, 240_000);
    expect([ended.state, ended.counts.succeeded]).toEqual(['succeeded', count]);
  });

  it('two gateways share the agents; one dies, its agents go to the other and the task goes on', async () => {
    onTestFailed(() => console.error(platform.evidence(), second?.log()));
    second = await startSecondGateway(platform);
    // The first one restarts: its agents, told of both by then, spread.
    const hosts = fleet.names.slice(0, 300);
    const known = second.address;
    await fleet.setServers(hosts, [known, platform.gatewayAddress()]);
    await fleet.reconnect(hosts);
    await eventually('the second gateway has agents', async () => ((await byGateway())['gateway-2'] ?? 0) >= 100, {
      withinMs: 120_000,
    });
    await eventually('all are connected', async () => (await connectedAgents(platform.database.db)) >= count, {
      withinMs: 120_000,
    });
    console.info('shared', JSON.stringify(await byGateway()));
    await fleet.setRunMs(2_000, 5_000);
    const id = await submitTask(platform, { target: { hosts }, script: 'true', strategy: { concurrency: 100 } });
    tasks.push(id);
    await eventually('hosts run', async () => (await taskCounts(id)).running >= 60, { withinMs: 60_000 });
    await second.kill();
    const since = performance.now();
    await eventually(
      'all agents are at the other gateway',
      async () => ((await byGateway())['gateway-1'] ?? 0) >= count,
      {
        withinMs: 300_000,
      },
    );
    report('agents of the dead gateway are at the other after', since);
    const ended = await taskEnd(platform, id, 240_000);
    expect([ended.state, ended.counts.succeeded]).toEqual(['succeeded', hosts.length]);
  });

  it('keeps I1–I3 over all of this', async () => {
    const verdict = await judge(platform.database.db, tasks, await fleet.executions());
    console.info('oracle', JSON.stringify({ ...verdict, faults: verdict.faults.length }));
    expect(verdict.faults).toEqual([]);
    expect(verdict.executions).toBe(verdict.rows);
  });

  async function taskCounts(id: string) {
    const { rows } = await sql<{ running: number }>`select count(*) filter (where state = 'running')::int as running
      from host_run where task_id = ${id}::uuid`.execute(platform.database.db);
    return rows[0] ?? { running: 0 };
  }

  /** Simulated agents whose session began after this moment of the ledger. */
  async function reconnectedSince(from: string): Promise<number> {
    const { rows } = await sql<{ n: number }>`select count(*)::int as n from agent
      where disconnected_at is null and name like 'sim%' and connected_at > ${from}::timestamptz`.execute(
      platform.database.db,
    );
    return rows[0]?.n ?? 0;
  }
});
