import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type DatabaseHandle, openDatabase } from '#db/database.ts';
import { forgottenTaskWindows, readTaskWindow } from '#db/tasks/task-windows.ts';
import { handOutSessions } from '#gateway/settler.ts';
import { transact } from '#ledger/kernel/transact.ts';
import { createTestDatabase, type TestDatabase } from '#tests/support/database.ts';
import { eventually } from '#tests/support/eventually.ts';
import { createTaskLedger, fixtureGateway, type TaskLedger } from '#tests/support/task-ledger.ts';
import { advanceTask } from './advance-task.ts';
import { lockTask } from './lock-task.ts';
import { handOutChannel, settleTask } from './settle-task.ts';
import { taskDurable } from './task.durable.ts';
import { applyTaskOperation } from './task-operation.ts';

let database: TestDatabase;
let ledger: TaskLedger;
let handOuts: DatabaseHandle;

beforeAll(async () => {
  database = await createTestDatabase({ max: 12 });
  ledger = await createTaskLedger(database.db, 60);
  handOuts = openDatabase(database.url, handOutSessions);
});
afterAll(async () => {
  await handOuts.close();
  await database.remove();
});
beforeEach(() =>
  sql`update gateway set heartbeat_at = now(), up_since = now() - interval '1 hour'`.execute(database.db),
);
afterEach(() => sql`update agent set gateway_id = ${fixtureGateway}, disconnected_at = null`.execute(database.db));

const leaseMs = 60_000;
const some = (n: number) => ledger.hosts.slice(0, n);
const settle = (taskId: string, gatewayId = fixtureGateway) => settleTask(handOuts.db, { taskId, gatewayId });
const advance = (taskId: string, step: number) => advanceTask(database.db, { taskId, step, leaseMs });
const windowOf = (taskId: string) => readTaskWindow(database.db, taskId);
const claim = (dueMs = 0) =>
  taskDurable.claim(database.db, { newMs: 3_600_000, stalledMs: 3_600_000, dueMs, limit: 100 });
const runs = (taskId: string) =>
  database.db.selectFrom('host_run').selectAll().where('task_id', '=', taskId).orderBy('ord').execute();
const inFlight = async (taskId: string) =>
  (await runs(taskId)).filter((run) => ['dispatched', 'running', 'killing'].includes(run.state)).length;
const handedOut = async (taskId: string) => (await runs(taskId)).filter((run) => run.dispatched_at !== null).length;
/** So many of the hosts in flight succeed, the first ones first. */
async function end(taskId: string, count: number, how: 'succeeded' | 'failed' = 'succeeded'): Promise<void> {
  const ending = new Set(
    (await runs(taskId))
      .filter((run) => run.state === 'dispatched')
      .slice(0, count)
      .map((run) => run.host),
  );
  await ledger.report(taskId, (host) => (ending.has(host) ? how : undefined));
}
async function begun(hosts: number, strategy: Parameters<TaskLedger['submit']>[0] = {}): Promise<string> {
  const taskId = await ledger.submit({ hosts: some(hosts), ...strategy });
  await advance(taskId, 1);
  return taskId;
}

describe('settleTask', () => {
  it('hands out in the given order as places become free, at the step of the last advance', async () => {
    const taskId = await begun(10, { strategy: { concurrency: 4 } });
    expect(await settle(taskId)).toMatchObject({ commands: [], wake: false, more: false });
    await end(taskId, 3);
    const { commands } = await settle(taskId);
    const rows = await runs(taskId);
    expect(commands.map((command) => command.runId)).toEqual(rows.slice(4, 7).map((run) => run.id));
    expect(commands.map((command) => command.seq)).toEqual(rows.slice(4, 7).map((run) => Number(run.seq)));
    expect(rows.map((run) => run.step)).toEqual([1, 1, 1, 1, 1, 1, 1, null, null, null]);
    expect(rows.slice(4, 7).every((run) => run.spool_id?.startsWith('spool-'))).toBe(true);
    expect(await inFlight(taskId)).toBe(4);
  });

  it('hands out a task without a limit in blocks, and says that there is more', async () => {
    const hosts = Array.from({ length: 30 }, () => ledger.hosts).flat();
    const taskId = await ledger.submit({ hosts });
    await advance(taskId, 1);
    expect(await handedOut(taskId)).toBe(1_000);
    expect((await settle(taskId)).more).toBe(true);
    expect(await handedOut(taskId)).toBe(1_500);
    const last = await settle(taskId);
    expect([last.more, last.commands.length]).toEqual([false, 300]);
    expect((await settle(taskId)).commands).toEqual([]);
  });

  it('wakes the workflow once when all have ended, until an advance has looked', async () => {
    const taskId = await begun(3);
    await end(taskId, 2);
    expect((await settle(taskId)).wake).toBe(false);
    await end(taskId, 1);
    const answers = await Promise.all([settle(taskId), settle(taskId), settle(taskId)]);
    expect(answers.filter((answer) => answer.wake)).toHaveLength(1);
    expect(await windowOf(taskId)).toMatchObject({ due: 'end', state: 'running' });
    expect(await advance(taskId, 2)).toMatchObject({ ended: true });
    expect(await windowOf(taskId)).toBeUndefined();
    expect(await settle(taskId)).toMatchObject({ wake: false, commands: [] });
  });

  it('hands out no host after the error that stops the task, which an advance then does', async () => {
    const taskId = await begun(4, { strategy: { concurrency: 1, onError: 'stop' } });
    await end(taskId, 1);
    expect((await settle(taskId)).commands).toHaveLength(1);
    await end(taskId, 1, 'failed');
    expect(await settle(taskId)).toMatchObject({ wake: true, commands: [] });
    expect(await settle(taskId)).toMatchObject({ wake: false, commands: [] });
    expect(await windowOf(taskId)).toMatchObject({ open: false, due: 'errors' });
    expect(await handedOut(taskId)).toBe(2);
    expect(await advance(taskId, 2)).toMatchObject({ ended: true, counts: { failed: 1, revoked: 2, succeeded: 1 } });
  });

  it('goes on below the error limit', async () => {
    const taskId = await begun(6, { strategy: { concurrency: 2, onError: '3' } });
    await end(taskId, 2, 'failed');
    expect((await settle(taskId)).commands).toHaveLength(2);
    await end(taskId, 1, 'failed');
    expect(await settle(taskId)).toMatchObject({ wake: true, commands: [] });
    expect(await handedOut(taskId)).toBe(4);
  });

  it('does nothing for a task that nobody has begun, that waits for its ticket, or that there is none of', async () => {
    const taskId = await ledger.submit({ hosts: some(2) });
    const nothing = { commands: [], more: false, wake: false, tellInMs: undefined };
    expect(await settle(taskId)).toEqual(nothing);
    expect(await settle('00000000-0000-4000-8000-000000000000')).toEqual(nothing);
    expect(await handedOut(taskId)).toBe(0);
  });

  it('begins again at the first host that a retry has brought back', async () => {
    const taskId = await begun(6, { strategy: { concurrency: 2 } });
    await end(taskId, 1, 'failed');
    await settle(taskId);
    const operationId = await ledger.request(taskId, 'retry-failed');
    expect(await applyTaskOperation(database.db, { taskId, operationId })).toMatchObject({ applied: true });
    // Without the advance that follows: what waits before the cursor is found last, and not forgotten.
    for (let round = 0; round < 8; round++) {
      await ledger.report(taskId, () => 'succeeded');
      await settle(taskId);
    }
    const rows = await runs(taskId);
    expect(rows.filter((run) => run.current).map((run) => run.state)).toEqual(Array(6).fill('succeeded'));
    expect(rows.filter((run) => run.attempt === 2)).toHaveLength(1);
  });

  it('tells live pages once a second at most, and says when it may again', async () => {
    const taskId = await begun(5, { strategy: { concurrency: 1 } });
    const told = async () =>
      (await database.db.selectFrom('event').select('data').where('topic', '=', `task:${taskId}`).execute()).length;
    const before = await told();
    await end(taskId, 1);
    const { tellInMs = 0 } = await settle(taskId);
    expect(tellInMs).toBeGreaterThan(0);
    expect(await told()).toBe(before);
    await sleep(tellInMs + 20);
    expect((await settle(taskId)).tellInMs).toBeUndefined();
    expect(await told()).toBe(before + 1);
    const [last] = (
      await database.db.selectFrom('event').select('data').where('topic', '=', `task:${taskId}`).orderBy('id').execute()
    ).slice(-1);
    expect(last?.data).toMatchObject({ state: 'running', counts: { succeeded: 1, running: 1, pending: 3 } });
  });
});

describe('two gateways and one window', () => {
  it('never have more in flight than the concurrency, and hand each host out once', async () => {
    await sql`insert into gateway (id, address) values ('gateway-2', '127.0.0.1:2') on conflict do nothing`.execute(
      database.db,
    );
    const taskId = await begun(60, { strategy: { concurrency: 7 } });
    let most = 0;
    const sent: string[] = [];
    const ended = async () => (await windowOf(taskId))?.due === 'end';
    const settling = async (gatewayId: string) => {
      while (!(await ended())) {
        sent.push(...(await settle(taskId, gatewayId)).commands.map((command) => command.runId));
      }
    };
    const reporting = async () => {
      while (!(await ended())) {
        most = Math.max(most, await inFlight(taskId));
        await end(taskId, 3);
      }
    };
    await Promise.all([settling(fixtureGateway), settling('gateway-2'), reporting()]);
    expect(most).toBeGreaterThan(1);
    expect(most).toBeLessThanOrEqual(7);
    const rows = await runs(taskId);
    expect(rows.every((run) => run.state === 'succeeded' && run.attempt === 1)).toBe(true);
    expect(rows).toHaveLength(60);
    expect(new Set(sent).size).toBe(sent.length);
  });

  it('tell each other of hosts that the other one holds, with the commit', async () => {
    const taskId = await begun(4, { strategy: { concurrency: 2 } });
    await sql`update agent set gateway_id = 'gateway-2' where id = ${ledger.hosts[2]!.agentId}::uuid`.execute(
      database.db,
    );
    const heard: string[] = [];
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    client.on('notification', ({ payload = '' }) => heard.push(payload));
    await client.query(`listen ${handOutChannel}`);
    await end(taskId, 2);
    const { commands } = await settle(taskId);
    expect(commands.map((command) => command.agentId)).toEqual([ledger.hosts[3]!.agentId]);
    await eventually('the other gateway hears of it', () => heard.includes(`gateway-2 ${taskId}`), {
      withinMs: 5_000,
      everyMs: 20,
    });
    await client.end();
  });

  it('find what the other one forgot: results without a refill, and an end that nobody was told of', async () => {
    const taskId = await begun(3, { strategy: { concurrency: 2 } });
    await end(taskId, 1);
    const forgotten = () => forgottenTaskWindows(database.db, 100);
    expect(await forgotten()).not.toContain(taskId);
    await eventually('it counts as forgotten', async () => (await forgotten()).includes(taskId), {
      withinMs: 5_000,
      everyMs: 100,
    });
    expect((await settle(taskId)).commands).toHaveLength(1);
    await end(taskId, 2);
    await eventually('its end is found', async () => (await forgotten()).includes(taskId), {
      withinMs: 5_000,
      everyMs: 100,
    });
    expect((await settle(taskId)).wake).toBe(true);
    await sleep(1_100);
    expect(await forgotten()).not.toContain(taskId);
  });
});

describe.each(['pause', 'kill'] as const)('a %s', (action) => {
  it('hands nothing out from its request on, whoever settles, though nobody carries it out', async () => {
    const taskId = await begun(60, { strategy: { concurrency: 5 } });
    let requested = false;
    const after: number[] = [];
    const settling = async () => {
      for (let round = 0; round < 12; round++) {
        const late = requested;
        await end(taskId, 2);
        const { commands } = await settle(taskId);
        if (late) after.push(commands.length);
      }
    };
    const asking = async () => {
      await sleep(60);
      await ledger.request(taskId, action);
      requested = true;
    };
    await Promise.all([settling(), settling(), asking()]);
    expect(after.length).toBeGreaterThan(0);
    expect(after.every((count) => count === 0)).toBe(true);
    const { rows } = await sql<{ late: number }>`
      select count(*)::int as late from host_run, operation
      where task_id = ${taskId}::uuid and subject_id = task_id and dispatched_at > operation.created_at`.execute(
      database.db,
    );
    expect(rows[0]?.late).toBe(0);
    // Not even an advance that comes first, for another reason.
    const before = await handedOut(taskId);
    expect((await advance(taskId, 2)).state).toBe('running');
    expect(await settle(taskId)).toMatchObject({ commands: [] });
    expect(await handedOut(taskId)).toBe(before);
  });

  it('that was refused opens the window again', async () => {
    const taskId = await begun(4, { strategy: { concurrency: 1 } });
    const operationId = await ledger.request(taskId, action);
    await sql`update operation set state = 'refused' where id = ${operationId}::uuid`.execute(database.db);
    await advance(taskId, 2);
    await end(taskId, 1);
    expect((await settle(taskId)).commands).toHaveLength(1);
  });
});

describe('a gateway that stands still while it hands out', () => {
  it('keeps a pause waiting no longer than its session is let sleep, and has handed out nothing', async () => {
    const taskId = await begun(4, { strategy: { concurrency: 1 } });
    await end(taskId, 1);
    const stopped = transact(handOuts.db, async (tx) => {
      await lockTask(tx, taskId);
      await sql`update host_run set state = 'dispatched' where task_id = ${taskId}::uuid and ord = 2`.execute(tx);
      await sleep(4_000);
      await sql`select 1`.execute(tx);
    });
    const failed = expect(stopped).rejects.toThrow();
    await sleep(100);
    const since = performance.now();
    const operationId = await ledger.request(taskId, 'pause');
    await applyTaskOperation(database.db, { taskId, operationId });
    const waited = performance.now() - since;
    console.info(`pause beside a session that stands still: ${Math.round(waited)} ms`);
    expect(waited).toBeLessThan(3_000);
    await failed;
    expect(await handedOut(taskId)).toBe(1);
  });

  it('is not waited for by another one for longer than a second', async () => {
    const taskId = await begun(4, { strategy: { concurrency: 1 } });
    await end(taskId, 1);
    const held = Promise.withResolvers<undefined>();
    const holder = transact(database.db, async (tx) => {
      await lockTask(tx, taskId);
      await held.promise;
    });
    await sleep(100);
    await expect(settle(taskId)).rejects.toMatchObject({ code: '55P03' });
    held.resolve(undefined);
    await holder;
    expect((await settle(taskId)).commands).toHaveLength(1);
  });
});

describe('what is due', () => {
  it('is claimed again and again until an advance has looked, each time by one sweeper', async () => {
    const taskId = await begun(1);
    await end(taskId, 1);
    expect((await settle(taskId)).wake).toBe(true);
    expect(await claim(5_000)).not.toContain(taskId);
    const claims = await Promise.all([claim(), claim(), claim()]);
    expect(claims.flat().filter((id) => id === taskId).length).toBeGreaterThan(0);
    await sql`update task_window set due_at = now() - interval '6 seconds' where task_id = ${taskId}::uuid`.execute(
      database.db,
    );
    const slow = await Promise.all([claim(5_000), claim(5_000), claim(5_000)]);
    expect(slow.flat().filter((id) => id === taskId)).toHaveLength(1);
    await advance(taskId, 2);
    expect(await claim()).not.toContain(taskId);
  });

  it('is a host that was not heard for longer than its lease, whatever its gateway knows', async () => {
    const taskId = await begun(2, { strategy: { concurrency: 2 } });
    await sql`update host_run set dispatched_at = now() - interval '1 hour' where task_id = ${taskId}::uuid`.execute(
      database.db,
    );
    const agentIds = [ledger.hosts[0]!.agentId];
    await ledger.disconnect(agentIds, 30);
    expect(await claim(5_000)).not.toContain(taskId);
    await ledger.disconnect(agentIds, 61);
    expect(await claim(5_000)).toContain(taskId);
    expect(await windowOf(taskId)).toMatchObject({ due: 'lease', open: true });
    expect(await claim(5_000)).not.toContain(taskId);
    expect((await advance(taskId, 2)).counts).toMatchObject({ lost: 1, running: 1 });
    expect(await claim(0)).not.toContain(taskId);
  });

  it('is a host whose gateway died, and no host at all while no gateway lives', async () => {
    const taskId = await begun(1);
    await sql`update host_run set dispatched_at = now() - interval '1 hour' where task_id = ${taskId}::uuid`.execute(
      database.db,
    );
    await sql`insert into gateway (id, address, heartbeat_at, up_since)
      values ('gateway-dead', '127.0.0.1:3', now() - interval '2 minutes', now() - interval '1 hour')`.execute(
      database.db,
    );
    await sql`update agent set gateway_id = 'gateway-dead' where id = ${ledger.hosts[0]!.agentId}::uuid`.execute(
      database.db,
    );
    const quiet = async (hours: number) =>
      sql`update gateway set heartbeat_at = now() - make_interval(hours => ${hours}) where id <> 'gateway-dead'`.execute(
        database.db,
      );
    await quiet(1);
    expect(await claim(5_000)).not.toContain(taskId);
    await quiet(0);
    expect(await claim(5_000)).toContain(taskId);
  });
});
