import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '#tests/support/database.ts';
import { createTaskLedger, fixtureGateway, type TaskLedger } from '#tests/support/task-ledger.ts';
import { advanceTask } from './advance-task.ts';
import { settleTask } from './settle-task.ts';
import { listHostRuns, readHostOutput } from '#db/tasks/host-runs.ts';
import { taskDurable } from './task.durable.ts';
import { applyTaskOperation } from './task-operation.ts';
import { getTask, listTasks } from '#db/tasks/tasks.ts';
import { readTaskTimeline } from '#db/tasks/task-timeline.ts';

let database: TestDatabase;
let ledger: TaskLedger;

beforeAll(async () => {
  database = await createTestDatabase();
  ledger = await createTaskLedger(database.db, 5_000);
  await sql`insert into node (id, parent_id, name, name_key, path) overriding system value values
    (1, null, 'infra', 'infra', '1'), (2, 1, 'prod', 'prod', '1.2'), (3, null, 'demo', 'demo', '3')`.execute(
    database.db,
  );
});
afterAll(() => database.remove());

const some = (n: number) => ledger.hosts.slice(0, n);
const onNode = (taskId: string, nodeId: number) =>
  sql`insert into task_node (task_id, node_id) values (${taskId}::uuid, ${nodeId})`.execute(database.db);

describe('listTasks', () => {
  it('pages newest first, filters, and shows nobody what lies elsewhere', async () => {
    const prod = await ledger.submit({ hosts: some(2) });
    const demo = await ledger.submit({ hosts: some(1) });
    const nowhere = await ledger.submit({ hosts: some(1) });
    await onNode(prod, 2);
    await onNode(demo, 3);
    const ids = async (...args: Parameters<typeof listTasks> extends [unknown, ...infer Rest] ? Rest : never) =>
      (await listTasks(database.db, ...args)).map((task) => task.id);
    expect(await ids({}, { limit: 10 })).toEqual([nowhere, demo, prod]);
    expect(await ids({}, { limit: 1 })).toEqual([nowhere]);
    expect(await ids({}, { limit: 10, before: nowhere })).toEqual([demo, prod]);
    expect(await ids({ nodeId: '1' }, { limit: 10 })).toEqual([prod]);
    expect(await ids({ visibleTo: { userId: 'u2', nodeIds: ['1'] } }, { limit: 10 })).toEqual([prod]);
    expect(await ids({ visibleTo: { userId: 'u2', nodeIds: [] } }, { limit: 10 })).toEqual([]);
    expect(await ids({ visibleTo: { userId: 'u1', nodeIds: [] } }, { limit: 10 })).toEqual([nowhere, demo, prod]);
    expect(await ids({ requester: 'bob' }, { limit: 10 })).toEqual([]);
    expect(await ids({ search: 'HELLO' }, { limit: 10 })).toHaveLength(3);
    expect(await ids({ search: 'hell%' }, { limit: 10 })).toEqual([]);
    expect(await ids({ states: ['running', 'submitted'] }, { limit: 10 })).toHaveLength(3);
    expect(await ids({ states: ['killed'] }, { limit: 10 })).toEqual([]);
    expect((await listTasks(database.db, {}, { limit: 10 }))[2]).toMatchObject({
      state: 'submitted',
      requester: 'alice',
      counts: { total: 2, pending: 2 },
    });
  });

  it('has no task under an id that is none', async () => {
    expect(await getTask(database.db, 'x')).toBeUndefined();
  });
});

describe('hosts of a task', () => {
  it('are listed in order, by page, by group and by part of their name or address', async () => {
    const taskId = await ledger.submit({
      hosts: [{ host: 'db_1%', address: '192.168.7.7' }, ...some(4)],
      strategy: { concurrency: 2 },
    });
    await advanceTask(database.db, { taskId, step: 1, leaseMs: 1_000 });
    const hosts = async (...[filter, page]: [Parameters<typeof listHostRuns>[2], Parameters<typeof listHostRuns>[3]]) =>
      (await listHostRuns(database.db, taskId, filter, page)).map((row) => row.ord);
    expect(await hosts({}, { limit: 10 })).toEqual([1, 2, 3, 4, 5]);
    expect(await hosts({}, { after: 2, limit: 2 })).toEqual([3, 4]);
    expect(await hosts({ groups: ['running'] }, { limit: 10 })).toEqual([2, 3]);
    expect(await hosts({ groups: ['pending', 'failed'] }, { limit: 10 })).toEqual([1, 4, 5]);
    expect(await hosts({ search: 'B_1%' }, { limit: 10 })).toEqual([1]);
    expect(await hosts({ search: '168.7' }, { limit: 10 })).toEqual([1]);
    expect(await hosts({ search: '%' }, { limit: 10 })).toEqual([1]);
  });

  it('have their output byte for byte, empty where there is none', async () => {
    const taskId = await ledger.submit({ hosts: some(2) });
    const [first] = await listHostRuns(database.db, taskId, {}, { limit: 1 });
    const head = Buffer.from([0, 255, 10, 13]);
    await database.db
      .insertInto('host_output')
      .values({ host_run_id: first!.id, stream: 'stdout', head, tail: Buffer.from('end'), total_bytes: '99999' })
      .execute();
    const read = (host: string, stream: 'stdout' | 'stderr') => readHostOutput(database.db, { taskId, host, stream });
    const output = { head, tail: Buffer.from('end'), totalBytes: 99_999 };
    expect(await read(first!.host.toUpperCase(), 'stdout')).toEqual({ hosts: 1, output });
    expect(await read(first!.address, 'stdout')).toEqual({ hosts: 1, output });
    expect(await read(first!.host, 'stderr')).toMatchObject({ output: { totalBytes: 0 } });
    expect(await read('somebody-else', 'stdout')).toEqual({ hosts: 0 });
  });
});

describe('readTaskTimeline', () => {
  it('goes page by page', async () => {
    const taskId = await ledger.submit({ hosts: some(1) });
    await advanceTask(database.db, { taskId, step: 1, leaseMs: 1_000 });
    const [first] = await readTaskTimeline(database.db, taskId, { limit: 1 });
    expect(first?.kind).toBe('submitted');
    expect(
      (await readTaskTimeline(database.db, taskId, { after: first!.id, limit: 9 })).map((entry) => entry.kind),
    ).toEqual(['started']);
  });
});

describe('taskDurable.claim', () => {
  it('gives each waiting task to one asker at a time, and again once the claim is over', async () => {
    const taskId = await ledger.submit({ hosts: some(1) });
    await sql`update task set recheck_at = now() where id <> ${taskId}::uuid`.execute(database.db);
    await sql`update task set recheck_at = now() - interval '1 minute' where id = ${taskId}::uuid`.execute(database.db);
    const claim = () => taskDurable.claim(database.db, { newMs: 2_000, stalledMs: 90_000, dueMs: 5_000, limit: 10 });
    const claims = await Promise.all([claim(), claim(), claim()]);
    expect(claims.flat()).toEqual([taskId]);
    expect(await claim()).toEqual([]);
    await sql`update task set recheck_at = now() - interval '3 seconds' where id = ${taskId}::uuid`.execute(
      database.db,
    );
    expect(await claim()).toEqual([taskId]);
  });
});

describe('a task of 5,000 hosts', () => {
  it('is submitted, handed out, killed and counted set by set', async () => {
    const timed = async <T>(what: string, work: () => Promise<T>): Promise<T> => {
      const began = performance.now();
      const result = await work();
      const ms = performance.now() - began;
      console.info(`${what}, 5,000 hosts: ${Math.round(ms)} ms`);
      // Row by row it would be tens of seconds; the figure itself depends on who else uses the machine.
      expect(ms).toBeLessThan(10_000);
      return result;
    };
    const taskId = await timed('submit', () => ledger.submit());
    const first = await timed('first advance', () => advanceTask(database.db, { taskId, step: 1, leaseMs: 60_000 }));
    expect(first.counts.running).toBe(1_000);
    await timed('hand-out of the rest in its window', async () => {
      while ((await settleTask(database.db, { taskId, gatewayId: fixtureGateway })).more);
    });
    await timed('advance without news', () => advanceTask(database.db, { taskId, step: 2, leaseMs: 60_000 }));
    const operationId = await ledger.request(taskId, 'kill');
    expect(await timed('kill', () => applyTaskOperation(database.db, { taskId, operationId }))).toMatchObject({
      applied: true,
    });
    const killing = await database.db
      .selectFrom('host_run')
      .select('kill_seq')
      .where('task_id', '=', taskId)
      .where('state', '=', 'killing')
      .execute();
    expect(killing).toHaveLength(5_000);
  });
});
