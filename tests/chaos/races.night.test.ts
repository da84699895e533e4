import { join } from 'node:path';
import { sql } from 'kysely';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, onTestFailed } from 'vitest';
import { isEndedTask, type TaskAction } from '#domain/tasks/task.ts';
import { operationFault } from '#domain/tasks/task-operation.ts';
import { eventually, report } from '#tests/support/eventually.ts';
import { seededChance } from '#tests/support/faults.ts';
import { type Journal, openJournal } from '#tests/support/journal.ts';
import { judge } from '#tests/support/oracle.ts';
import { sendSignal } from '#tests/support/own-processes.ts';
import { addAgent, type RealAgent } from '#tests/support/platform-agents.ts';
import { type Platform, startPlatform } from '#tests/support/platform.ts';
import { startSecondGateway, type SecondGateway } from '#tests/support/second-gateway.ts';
import { type SimulatedFleet, startFleet } from '#tests/support/sim-fleet.ts';
import {
  applyOperation,
  getTask,
  hostReaches,
  operate,
  submitTask,
  taskEnd,
  taskHost,
  taskHosts,
} from '#tests/support/tasks.ts';

/** The races of design.md §5, each on the whole platform. */
describe('races', () => {
  let platform: Platform;
  let fleet: SimulatedFleet;
  let agent: RealAgent;
  let journal: Journal;
  let second: SecondGateway | undefined;
  const tasks: string[] = [];

  beforeAll(async () => {
    platform = await startPlatform();
    journal = openJournal(join(platform.folder, 'journal'));
    fleet = await startFleet(platform, { count: 100, prefix: 'sim' });
    agent = await addAgent(platform, 'real');
  }, 240_000);

  afterAll(async () => {
    await fleet?.stop();
    await agent?.stop();
    await second?.kill();
    await platform?.remove();
  }, 90_000);

  const submit = async (hosts: readonly string[], strategy = {}, body = '') => {
    const script = `${journal.scriptLine}\n${body}\n`;
    const id = await submitTask(platform, { target: { hosts: [...hosts] }, script, strategy });
    tasks.push(id);
    return id;
  };
  const inFlight = async (id: string, states: readonly string[]) => {
    const { rows } = await sql<{ n: number }>`select count(*)::int as n from host_run
      where task_id = ${id}::uuid and current and state = any(${[...states]}::text[])`.execute(platform.database.db);
    return rows[0]?.n ?? 0;
  };

  it('pause during advance: after the answer no host is handed out until it continues', async () => {
    onTestFailed(() => console.error(platform.evidence()));
    const chance = seededChance('pause during advance');
    await fleet.setRunMs(20, 150);
    const id = await submit(fleet.names, { concurrency: 5 });
    for (let round = 0; round < 4; round++) {
      await sleep(chance.between(50, 500));
      const pause = await operate(platform, id, 'pause');
      if (isEndedTask((await getTask(platform, id)).state)) break;
      expect(pause.body.state).toBe('applied');
      const handedOut = 100 - (await inFlight(id, ['pending', 'ready']));
      await eventually('those in flight finish', async () => (await inFlight(id, ['dispatched', 'running'])) === 0, {
        withinMs: 30_000,
      });
      await sleep(300);
      expect(100 - (await inFlight(id, ['pending', 'ready']))).toBe(handedOut);
      expect((await getTask(platform, id)).state).toBe('paused');
      expect((await operate(platform, id, 'pause')).body.reason).toBe('already-paused');
      await applyOperation(platform, id, 'continue');
    }
    expect((await taskEnd(platform, id, 60_000)).state).toBe('succeeded');
    const { rows } = await sql<{ n: number }>`select count(*)::int as n from host_run as run
      join operation as pause on pause.subject_id = run.task_id and pause.action = 'pause' and pause.state = 'applied'
      where run.task_id = ${id}::uuid and run.dispatched_at > pause.handled_at and run.dispatched_at < (
        select min(handled_at) from operation as next
        where next.subject_id = run.task_id and next.action = 'continue' and next.handled_at > pause.handled_at)`.execute(
      platform.database.db,
    );
    expect(rows[0]?.n).toBe(0);
  });

  it('pause beside a gateway that is stopped inside of a refill: it waits for no more than 3 s', async () => {
    onTestFailed(() => console.error(platform.evidence()));
    const pid = platform.pids()['gateway'] ?? 0;
    await fleet.setRunMs(10, 30);
    let caught = 0;
    for (let tries = 0; tries < 12 && caught < 2; tries++) {
      const id = await submit(fleet.names, { concurrency: 4 });
      const inRefill = await stopInRefill(pid, id);
      try {
        if (inRefill) {
          caught += 1;
          const since = performance.now();
          expect((await operate(platform, id, 'pause')).body.state).toBe('applied');
          report('pause beside a gateway stopped inside of a refill', since);
          expect(performance.now() - since).toBeLessThan(3_000);
          expect((await getTask(platform, id)).state).toBe('paused');
        }
      } finally {
        sendSignal(pid, 'SIGCONT');
      }
      if (inRefill) {
        const handedOut = 100 - (await inFlight(id, ['pending', 'ready']));
        await sleep(3_000);
        expect(100 - (await inFlight(id, ['pending', 'ready']))).toBe(handedOut);
        await applyOperation(platform, id, 'continue');
      }
      expect((await taskEnd(platform, id, 90_000)).state).toBe('succeeded');
    }
    expect(caught).toBe(2);
  });

  it('with Temporal away hand-out goes on, and a request to pause stops it at once', async () => {
    onTestFailed(() => console.error(platform.evidence()));
    const pid = platform.pids()['temporal'] ?? 0;
    await fleet.setRunMs(100, 200);
    const id = await submit(fleet.names, { concurrency: 2 });
    const handedOut = async () => 100 - (await inFlight(id, ['pending', 'ready']));
    await eventually('some are handed out', async () => (await handedOut()) > 4, { withinMs: 30_000, everyMs: 20 });
    sendSignal(pid, 'SIGSTOP');
    try {
      const before = await handedOut();
      await eventually('more are handed out', async () => (await handedOut()) > before + 8, { withinMs: 10_000 });
      const asked = operate(platform, id, 'pause');
      await eventually('it is written down', async () => (await requested(id)) === 1, { withinMs: 5_000, everyMs: 5 });
      const then = await handedOut();
      await sleep(1_000);
      expect(await handedOut()).toBe(then);
      expect(then).toBeLessThan(100);
      expect((await asked).status).toBe(202);
    } finally {
      sendSignal(pid, 'SIGCONT');
    }
    await eventually('it is paused', async () => (await getTask(platform, id)).state === 'paused', {
      withinMs: 60_000,
    });
    await applyOperation(platform, id, 'continue');
    expect((await taskEnd(platform, id, 60_000)).state).toBe('succeeded');
  });

  it('kill before the run is known: the agent, back online, refuses it for good', async () => {
    onTestFailed(() => console.error(platform.evidence(), agent.log()));
    await agent.stop();
    await eventually('it counts as offline', async () => (await onlineState('real')) === 'offline', {
      withinMs: 60_000,
    });
    const id = await submit(['real', ...fleet.names.slice(0, 3)]);
    await hostReaches(platform, id, 'real', ['dispatched'], 30_000);
    const kill = await operate(platform, id, 'kill');
    expect(kill.body.state).toBe('applied');
    expect((await operate(platform, id, 'kill')).status).toBe(409);
    expect((await taskHost(platform, id, 'real')).state).toBe('killing');
    expect((await getTask(platform, id)).state).toBe('killing');
    const since = performance.now();
    await agent.start();
    expect((await taskEnd(platform, id, 60_000)).state).toBe('killed');
    report('kill of an unknown run settled after its agent was back in', since);
    expect((await taskHost(platform, id, 'real')).state).toBe('revoked');
    const row = await taskHost(platform, id, 'real');
    expect(journal.executions().filter(({ runId }) => runId === row.id)).toEqual([]);
  });

  it('crash between mark and send: what was marked is sent once, by the next gateway', async () => {
    onTestFailed(() => console.error(platform.evidence()));
    await fleet.setRunMs(50, 300);
    for (let round = 0; round < 2; round++) {
      const pid = platform.pids()['gateway'] ?? 0;
      // Stopped, it marks and sends nothing: rows are dispatched, nobody has been told.
      sendSignal(pid, 'SIGSTOP');
      const id = await submit(['real', ...fleet.names.slice(0, 40)]);
      await eventually('rows are marked', async () => (await inFlight(id, ['dispatched'])) === 41, {
        withinMs: 30_000,
      });
      platform.kill('gateway');
      const since = performance.now();
      expect((await taskEnd(platform, id, 120_000)).state).toBe('succeeded');
      report('crash between mark and send: task ended after', since);
    }
  });

  it('reconnect to another gateway in mid-run: the result comes by the new one, the run is not repeated', async () => {
    onTestFailed(() => console.error(platform.evidence(), second?.log()));
    second = await startSecondGateway(platform);
    await fleet.setRunMs(4_000, 5_000);
    const movers = fleet.names.slice(0, 30);
    const id = await submit(movers);
    await eventually('all run', async () => (await inFlight(id, ['running'])) === movers.length, { withinMs: 30_000 });
    await fleet.setServers(movers, [second.address]);
    await fleet.reconnect(movers);
    await eventually('they are at the other gateway', async () => (await atGateway('gateway-2')) >= movers.length, {
      withinMs: 60_000,
    });
    expect((await taskEnd(platform, id, 60_000)).state).toBe('succeeded');
    // And the other way round, without a good-bye.
    await fleet.setRunMs(2_000, 3_000);
    const back = await submit(movers);
    await eventually('all run', async () => (await inFlight(back, ['running'])) === movers.length, {
      withinMs: 30_000,
    });
    await fleet.setServers(movers, [platform.gatewayAddress()]);
    await second.kill();
    expect((await taskEnd(platform, back, 90_000)).state).toBe('succeeded');
  });

  it('kill, pause, continue and retry at random: each answer is the one that the state allows', async () => {
    onTestFailed(() => console.error(platform.evidence()));
    const chance = seededChance('operations');
    await fleet.setRunMs(100, 1_500);
    await Promise.all(
      Array.from({ length: 6 }, async (_, index) => {
        const own = seededChance(`operations ${index}`, chance.seed * 10 + index);
        const hosts = fleet.names.slice(index * 15, index * 15 + 15);
        await walkAtRandom(await submit(hosts, { concurrency: own.between(1, 8) }), own);
      }),
    );
  });

  it('keeps I1–I3 over all of this', async () => {
    const executions = [...journal.executions(), ...(await fleet.executions())];
    const verdict = await judge(platform.database.db, tasks, executions);
    console.info('oracle', JSON.stringify({ ...verdict, faults: verdict.faults.length }));
    expect(verdict.faults).toEqual([]);
  });

  /** Operations one after the other; only the end of the task may come between a look and an answer. */
  async function walkAtRandom(id: string, own: ReturnType<typeof seededChance>): Promise<void> {
    const actions: TaskAction[] = ['pause', 'pause', 'continue', 'continue', 'retry-failed', 'kill'];
    for (let step = 0; step < 10; step++) {
      await sleep(own.between(0, 250));
      const action = own.pick(actions);
      const before = (await getTask(platform, id)).state;
      const answer = await operate(platform, id, action);
      const after = (await getTask(platform, id)).state;
      const said = answer.body.state === 'applied' ? undefined : answer.body.reason;
      const allowed = [before === 'submitted' ? 'running' : before, after]
        .map((state) => operationFault(action, state)?.code)
        .concat(action === 'retry-failed' ? ['nothing-to-retry'] : [])
        .concat(answer.status === 200 && before === 'submitted' ? [undefined] : []);
      expect(allowed, `step ${step}: ${action} of a task ${before} → ${after}, answer ${answer.status}`).toContain(
        said,
      );
      if (said !== undefined) expect(answer.status).toBe(409);
    }
    if ((await getTask(platform, id)).state === 'paused') await applyOperation(platform, id, 'continue');
    await taskEnd(platform, id, 90_000);
    expect((await taskHosts(platform, id)).length).toBe(15);
  }

  /** Stops the gateway while it hands the task out, in the middle of the transaction; false where the task ended before. */
  async function stopInRefill(pid: number, id: string): Promise<boolean> {
    const { db } = platform.database;
    const isInRefill = async () => {
      const { rows } = await sql`select from pg_stat_activity where application_name = 'signalbox-hand-out'
        and state = 'idle in transaction' and query like '%host_run%'`.execute(db);
      return rows.length > 0;
    };
    while ((await inFlight(id, ['pending', 'ready'])) > 10) {
      if (!(await isInRefill())) continue;
      sendSignal(pid, 'SIGSTOP');
      await sleep(50);
      if (await isInRefill()) return true;
      sendSignal(pid, 'SIGCONT');
    }
    return false;
  }

  async function requested(id: string): Promise<number> {
    const { rows } = await sql<{ n: number }>`select count(*)::int as n from operation
      where subject_id = ${id}::uuid and state = 'requested'`.execute(platform.database.db);
    return rows[0]?.n ?? 0;
  }

  async function onlineState(name: string): Promise<string> {
    return (await platform.api.get<{ state: string }>(`/api/v1/agents/${name}`)).state;
  }

  async function atGateway(id: string): Promise<number> {
    const { rows } = await sql<{ n: number }>`select count(*)::int as n from agent
      where gateway_id = ${id} and disconnected_at is null`.execute(platform.database.db);
    return rows[0]?.n ?? 0;
  }
});
