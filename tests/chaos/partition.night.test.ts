import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, onTestFailed } from 'vitest';
import { eventually, report } from '#tests/support/eventually.ts';
import { type Journal, openJournal } from '#tests/support/journal.ts';
import { judge } from '#tests/support/oracle.ts';
import { addAgent, type RealAgent } from '#tests/support/platform-agents.ts';
import { type Platform, startPlatform } from '#tests/support/platform.ts';
import { hostReaches, submitTask, taskEnd } from '#tests/support/tasks.ts';
import { startTcpProxy, type TcpProxy } from '#tests/support/tcp-proxy.ts';

const names = ['far-1', 'far-2'];

/** R7: the line between agents and the gateway is cut, silently. All of it is loopback. */
describe('partition between agents and gateway', () => {
  let platform: Platform;
  let proxy: TcpProxy;
  let journal: Journal;
  const agents: RealAgent[] = [];
  const tasks: string[] = [];

  beforeAll(async () => {
    proxy = await startTcpProxy(() => ({ port: Number(platform.gatewayAddress().split(':')[1]) }));
    // The gateway tells agents the proxy's address as its own: there is no way around it.
    platform = await startPlatform({ env: { SIGNALBOX_GATEWAY_ADDRESS: proxy.address } });
    journal = openJournal(join(platform.folder, 'journal'));
    for (const name of names) agents.push(await addAgent(platform, name, { server: proxy.address }));
  }, 240_000);

  afterAll(async () => {
    proxy?.restore();
    for (const agent of agents) await agent.stop();
    await platform?.remove();
    await proxy?.close();
  }, 90_000);

  async function begin(body: string): Promise<string> {
    const id = await submitTask(platform, { target: { hosts: names }, script: `${journal.scriptLine}\n${body}\n` });
    tasks.push(id);
    for (const name of names) await hostReaches(platform, id, name, ['running'], 30_000);
    return id;
  }
  const sessions = () =>
    platform.database.db
      .selectFrom('agent')
      .select(['name', 'epoch', 'disconnected_at'])
      .where('name', 'in', names)
      .orderBy('name')
      .execute();
  const epochs = async () => (await sessions()).map(({ epoch }) => epoch);

  it('5 s both ways: nobody notices, the result arrives', async () => {
    onTestFailed(() => console.error(platform.evidence()));
    const before = await epochs();
    const id = await begin('sleep 3');
    proxy.blackHole('both');
    await sleep(5_000);
    proxy.restore();
    const since = performance.now();
    expect((await taskEnd(platform, id, 60_000)).state).toBe('succeeded');
    report(
      'R7 5 s: results after the line was back in',
      since,
      `same session: ${String((await epochs()).join() === before.join())}`,
    );
  });

  it('60 s both ways: results wait in the spool and arrive once', async () => {
    onTestFailed(() => console.error(platform.evidence(), agents[0]?.log()));
    const id = await begin('sleep 10; echo from the spool');
    proxy.blackHole('both');
    const cut = performance.now();
    await eventually(
      'the gateway notices',
      async () => (await sessions()).every((row) => row.disconnected_at !== null),
      {
        withinMs: 60_000,
      },
    );
    report('R7 60 s: gateway knew after', cut);
    // What is submitted now waits for the agents.
    const later = await submitTask(platform, { target: { hosts: names }, script: `${journal.scriptLine}\n` });
    tasks.push(later);
    await sleep(Math.max(0, 60_000 - (performance.now() - cut)));
    proxy.restore();
    const since = performance.now();
    expect((await taskEnd(platform, id, 100_000)).state).toBe('succeeded');
    report('R7 60 s: results after the line was back in', since);
    expect((await taskEnd(platform, later, 100_000)).state).toBe('succeeded');
    const output = await platform.api.request<string>('GET', `/api/v1/tasks/${id}/output?host=${names[0]}`);
    expect(output.body).toBe('from the spool\n');
  });

  it.each(['up', 'down'] as const)(
    'one way (%s): detected by keepalive, a new session carries the result',
    async (direction) => {
      onTestFailed(() => console.error(platform.evidence(), agents[0]?.log()));
      const before = await epochs();
      const id = await begin('sleep 4');
      proxy.blackHole(direction);
      const cut = performance.now();
      await eventually(
        `a session that is dead ${direction} ends`,
        async () => (await sessions()).every((row) => row.disconnected_at !== null),
        {
          withinMs: 150_000,
        },
      );
      report(`R7 one-way ${direction}: detected after`, cut);
      proxy.restore();
      const since = performance.now();
      expect((await taskEnd(platform, id, 100_000)).state).toBe('succeeded');
      report(`R7 one-way ${direction}: results after the line was back in`, since);
      const isNew = (epoch: string, index: number) => BigInt(epoch) > BigInt(before[index] ?? '0');
      await eventually('all have a new session', async () => (await epochs()).every(isNew), { withinMs: 100_000 });
    },
  );

  it('a reset of every connection costs nothing', async () => {
    onTestFailed(() => console.error(platform.evidence()));
    const id = await begin('sleep 2');
    proxy.reset();
    expect((await taskEnd(platform, id, 60_000)).state).toBe('succeeded');
  });

  it('keeps I1–I3 over all of this', async () => {
    const verdict = await judge(platform.database.db, tasks, journal.executions());
    console.info('oracle', JSON.stringify({ ...verdict, faults: verdict.faults.length }));
    expect(verdict.faults).toEqual([]);
    expect(verdict.executions).toBe(verdict.rows);
    expect(platform.logged(/unhandled|uncaught|too_many_pings/i)).toEqual([]);
    for (const agent of agents) expect(agent.log()).not.toMatch(/too_many_pings/);
  });
});
