import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { resultCodes } from '#domain/tasks/result-codes.ts';
import { createTestDatabase, type TestDatabase } from '#tests/support/database.ts';
import { createTaskLedger, fixtureGateway, type TaskLedger } from '#tests/support/task-ledger.ts';
import { advanceTask } from './advance-task.ts';
import { listHostRuns } from '#db/tasks/host-runs.ts';
import { applyTaskOperation } from './task-operation.ts';
import { getTask } from '#db/tasks/tasks.ts';
import { readTaskTimeline } from '#db/tasks/task-timeline.ts';

const leaseMs = 60_000;
let database: TestDatabase;
let ledger: TaskLedger;

beforeAll(async () => {
  database = await createTestDatabase();
  ledger = await createTaskLedger(database.db, 6);
});
afterAll(() => database.remove());

const advance = (taskId: string, step: number, lease = leaseMs) =>
  advanceTask(database.db, { taskId, step, leaseMs: lease });
const rows = (taskId: string) =>
  database.db
    .selectFrom('host_run')
    .selectAll()
    .where('task_id', '=', taskId)
    .orderBy('ord')
    .orderBy('attempt')
    .execute();
const statesOf = async (taskId: string) =>
  (await listHostRuns(database.db, taskId, {}, { limit: 100 })).map((row) => row.state);
const kinds = async (taskId: string) =>
  (await readTaskTimeline(database.db, taskId, { limit: 100 })).map((entry) => entry.kind);

describe('advanceTask', () => {
  it('hands out in the given order up to the concurrency and ends when all have ended', async () => {
    const taskId = await ledger.submit({ strategy: { concurrency: 4 } });
    const first = await advance(taskId, 1);
    expect(first).toMatchObject({
      step: 1,
      state: 'running',
      ended: false,
      deliverTo: [fixtureGateway],
      title: 'Say hello',
    });
    expect(await statesOf(taskId)).toEqual(['dispatched', 'dispatched', 'dispatched', 'dispatched', 'ready', 'ready']);

    await ledger.acknowledge(taskId);
    await ledger.report(taskId, (host) => (host.endsWith('2') ? 'succeeded' : undefined));
    expect((await advance(taskId, 2)).counts).toMatchObject({ total: 6, running: 4, pending: 1, succeeded: 1 });
    expect(await statesOf(taskId)).toEqual(['running', 'succeeded', 'running', 'running', 'dispatched', 'ready']);

    await ledger.report(taskId, () => 'succeeded');
    await advance(taskId, 3);
    await ledger.report(taskId, () => 'succeeded');
    expect(await advance(taskId, 4)).toMatchObject({ step: 4, state: 'succeeded', ended: true, deliverTo: [] });
    expect(await kinds(taskId)).toEqual(['submitted', 'started', 'ended']);
    expect(await getTask(database.db, taskId)).toMatchObject({
      state: 'succeeded',
      counts: { succeeded: 6, pending: 0 },
    });
  });

  it('does nothing for a step that is not the next one, and answers the same for a repeat', async () => {
    const taskId = await ledger.submit({ strategy: { concurrency: 1 } });
    expect(await advance(taskId, 7)).toMatchObject({ step: 0, state: 'submitted', deliverTo: [] });
    const first = await advance(taskId, 1);
    await ledger.report(taskId, () => 'succeeded');
    const before = await rows(taskId);
    expect(await advance(taskId, 1)).toMatchObject({ step: 1, deliverTo: first.deliverTo, counts: first.counts });
    expect(await advance(taskId, 0)).toMatchObject({ step: 1 });
    expect(await advance(taskId, 99)).toMatchObject({ step: 1 });
    expect(await rows(taskId)).toEqual(before);
  });

  it('advances once when many ask for the same step at once', async () => {
    const taskId = await ledger.submit({ strategy: { concurrency: 2 } });
    const answers = await Promise.all(Array.from({ length: 5 }, () => advance(taskId, 1)));
    expect(new Set(answers.map((answer) => answer.step))).toEqual(new Set([1]));
    expect((await statesOf(taskId)).filter((state) => state === 'dispatched')).toHaveLength(2);
  });

  it('numbers the commands of an agent without gaps or repeats over tasks that advance side by side', async () => {
    const tasks = await Promise.all(Array.from({ length: 5 }, () => ledger.submit()));
    await Promise.all(tasks.map((taskId) => advance(taskId, 1)));
    for (const host of ledger.hosts) {
      const runs = await database.db
        .selectFrom('host_run')
        .select('seq')
        .where('agent_id', '=', host.agentId)
        .where('seq', 'is not', null)
        .execute();
      const numbers = runs.map((run) => Number(run.seq)).sort((a, b) => a - b);
      const agent = await database.db
        .selectFrom('agent')
        .select('next_seq')
        .where('id', '=', host.agentId)
        .executeTakeFirstOrThrow();
      expect(new Set(numbers).size).toBe(numbers.length);
      expect(numbers.at(-1)).toBe(Number(agent.next_seq) - 1);
    }
  });

  it('is looked at after a minute, and the later the older it is, unless a lease ends before', async () => {
    const taskId = await ledger.submit();
    expect((await advance(taskId, 1)).recheckMs).toBe(60_000);
    await sql`update task set created_at = now() - interval '10 hours' where id = ${taskId}::uuid`.execute(database.db);
    const { recheckMs } = await advance(taskId, 2);
    expect(recheckMs / 3_600_000).toBeCloseTo(2.5, 2);
    const { rows } = await sql<{ ms: number }>`
      select (extract(epoch from recheck_at - ledger_now()) * 1000)::float8 as ms from task where id = ${taskId}::uuid`.execute(
      database.db,
    );
    expect(Math.abs((rows[0]?.ms ?? 0) - recheckMs)).toBeLessThan(5_000);
  });

  it('answers no more for a task on 50,000 nodes than for one', async () => {
    const taskId = await ledger.submit();
    await sql`update task set nodes = array(select 'leaf-' || i from generate_series(1, 50000) as i)
      where id = ${taskId}::uuid`.execute(database.db);
    expect(JSON.stringify(await advance(taskId, 1)).length).toBeLessThan(2_000);
  });

  it('stops at the error limit, lets those in flight finish, and does not count unknown hosts as errors', async () => {
    const unknown = [{ host: 'nowhere-1' }, { host: 'nowhere-2', fault: 'noSuchHost' as const }];
    const taskId = await ledger.submit({
      strategy: { concurrency: 2, onError: 'stop' },
      hosts: [...unknown, ...ledger.hosts],
    });
    await advance(taskId, 1);
    expect((await rows(taskId)).slice(0, 2)).toMatchObject([
      { state: 'failed', code: resultCodes.noSuchHost, seq: null },
      { state: 'failed' },
    ]);
    expect((await statesOf(taskId)).slice(2)).toEqual(['dispatched', 'dispatched', 'ready', 'ready', 'ready', 'ready']);
    await ledger.report(taskId, (host) => (host.endsWith('1') ? 'failed' : undefined));
    expect(await advance(taskId, 2)).toMatchObject({
      state: 'running',
      counts: { revoked: 4, failed: 3, running: 1, pending: 0 },
    });
    await ledger.report(taskId, () => 'succeeded');
    expect(await advance(taskId, 3)).toMatchObject({ state: 'failed', ended: true });
    expect(await kinds(taskId)).toEqual(['submitted', 'started', 'stopped-by-errors', 'ended']);
    expect((await rows(taskId)).at(-1)).toMatchObject({ state: 'revoked', code: resultCodes.stoppedByErrorStrategy });
  });

  it('refuses an unknown task', async () => {
    await expect(advance(randomUUID(), 1)).rejects.toMatchObject({ type: 'not-found' });
    await expect(advance('not-an-id', 1)).rejects.toMatchObject({ type: 'not-found' });
  });

  it('tells live pages of every change, once', async () => {
    const taskId = await ledger.submit();
    await advance(taskId, 1);
    await advance(taskId, 2);
    const { rows: events } = await sql<{
      data: unknown;
    }>`select data from event where topic = ${`task:${taskId}`} order by id`.execute(database.db);
    expect(events).toMatchObject([{ data: { id: taskId, state: 'running', counts: { running: 6 } } }]);
  });
});

describe('lost hosts', () => {
  it('loses a host after the lease, once, and takes its true result late without changing the ended task', async () => {
    const taskId = await ledger.submit({ hosts: ledger.hosts.slice(0, 2) });
    await advance(taskId, 1);
    await ledger.acknowledge(taskId);
    await ledger.report(taskId, (host) => (host.endsWith('2') ? 'succeeded' : undefined));
    const agentIds = [ledger.hosts[0]!.agentId];
    await ledger.disconnect(agentIds, 30);
    await sql`update host_run set dispatched_at = now() - interval '1 hour' where task_id = ${taskId}::uuid`.execute(
      database.db,
    );
    const early = await advance(taskId, 2);
    expect(early.counts.running).toBe(1);
    expect(early.recheckMs).toBeGreaterThan(20_000);
    expect(early.recheckMs).toBeLessThanOrEqual(30_250);
    await ledger.disconnect(agentIds, 61);
    expect(await advance(taskId, 3)).toMatchObject({ state: 'failed', ended: true, counts: { lost: 1, succeeded: 1 } });
    expect((await rows(taskId))[0]).toMatchObject({ state: 'lost', code: resultCodes.leaseExpired, late: false });

    expect(await ledger.report(taskId, () => 'succeeded')).toBe(1);
    expect(await ledger.report(taskId, () => 'failed')).toBe(0);
    expect((await rows(taskId))[0]).toMatchObject({ state: 'succeeded', late: true });
    expect(await advance(taskId, 4)).toMatchObject({ state: 'failed', ended: true, step: 3 });
    expect(await getTask(database.db, taskId)).toMatchObject({ state: 'failed', counts: { succeeded: 2, lost: 0 } });
    await sql`update agent set disconnected_at = null`.execute(database.db);
  });

  it('never loses a host while no gateway lives, and starts the lease anew when one is back', async () => {
    const taskId = await ledger.submit({ hosts: ledger.hosts.slice(0, 1) });
    await advance(taskId, 1);
    await sql`update host_run set dispatched_at = now() - interval '1 hour' where task_id = ${taskId}::uuid`.execute(
      database.db,
    );
    await ledger.disconnect([ledger.hosts[0]!.agentId], 3_600);
    await sql`update gateway set heartbeat_at = now() - interval '1 hour'`.execute(database.db);
    expect((await advance(taskId, 2)).counts.running).toBe(1);
    await sql`update gateway set heartbeat_at = now(), up_since = now() - interval '50 seconds'`.execute(database.db);
    expect((await advance(taskId, 3)).counts.running).toBe(1);
    await sql`update gateway set heartbeat_at = now(), up_since = now() - interval '70 seconds'`.execute(database.db);
    expect((await advance(taskId, 4)).counts).toMatchObject({ running: 0, lost: 1 });
    await sql`update agent set disconnected_at = null`.execute(database.db);
  });

  it('loses hosts whose gateway died while another lives', async () => {
    const taskId = await ledger.submit({ hosts: ledger.hosts.slice(0, 1) });
    await advance(taskId, 1);
    await sql`update host_run set dispatched_at = now() - interval '1 hour' where task_id = ${taskId}::uuid`.execute(
      database.db,
    );
    await sql`update gateway set heartbeat_at = now() - interval '2 minutes', up_since = now() - interval '1 hour' where id = ${fixtureGateway}`.execute(
      database.db,
    );
    await sql`insert into gateway (id, address, up_since) values ('gateway-2', '127.0.0.1:2', now() - interval '1 hour')`.execute(
      database.db,
    );
    expect((await advance(taskId, 2)).counts.lost).toBe(1);
    await sql`delete from gateway where id = 'gateway-2'`.execute(database.db);
    await sql`update gateway set heartbeat_at = now()`.execute(database.db);
  });

  it('loses at once what a revoked agent holds or would be handed', async () => {
    const taskId = await ledger.submit({ hosts: ledger.hosts.slice(0, 2), strategy: { concurrency: 1 } });
    await advance(taskId, 1);
    await sql`update agent set revoked_at = now() where id = any(${ledger.hosts.slice(0, 2).map((host) => host.agentId)}::uuid[])`.execute(
      database.db,
    );
    expect(await advance(taskId, 2)).toMatchObject({ state: 'failed', ended: true, counts: { lost: 2 } });
    expect((await rows(taskId))[1]).toMatchObject({ state: 'lost', code: resultCodes.agentRevoked });
    await sql`update agent set revoked_at = null`.execute(database.db);
  });
});

describe('operations against advance', () => {
  it('hands out nothing after a pause has been committed, whichever comes first', async () => {
    for (let round = 0; round < 10; round++) {
      const taskId = await ledger.submit({ strategy: { concurrency: 3 } });
      const operationId = await ledger.request(taskId, 'pause');
      const [paused] = await Promise.all([
        applyTaskOperation(database.db, { taskId, operationId }),
        advance(taskId, 1),
      ]);
      expect(paused.applied).toBe(true);
      const handedOut = (await statesOf(taskId)).filter((state) => state === 'dispatched').length;
      const step = (await advance(taskId, 99)).step;
      await ledger.report(taskId, () => 'succeeded');
      expect(await advance(taskId, step + 1)).toMatchObject({ state: 'paused', ended: false });
      expect((await statesOf(taskId)).filter((state) => state === 'ready')).toHaveLength(6 - handedOut);
    }
  });
});
