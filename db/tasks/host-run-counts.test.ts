import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDatabase } from '#db/database.ts';
import { hostRunStates } from '#domain/tasks/host-run.ts';
import { createTestDatabase, type TestDatabase } from '#tests/support/database.ts';
import { createTaskLedger, type TaskLedger } from '#tests/support/task-ledger.ts';
import { wrongCounts } from '#tests/support/task-counts.ts';
import { tallyHostRuns } from './host-run-counts.ts';

let database: TestDatabase;
let ledger: TaskLedger;
beforeAll(async () => {
  database = await createTestDatabase({ max: 8 });
  ledger = await createTaskLedger(database.db, 20);
});
afterAll(() => database.remove());

const writersOf = async (taskId: string) =>
  (
    await database.db
      .selectFrom('task_count')
      .select('writer')
      .where('task_id', '=', taskId)
      .orderBy('writer')
      .execute()
  ).map(({ writer }) => writer);

describe('the counts of a task', () => {
  it('are those of its rows, whoever moved them at the same time', async () => {
    const tasks = await Promise.all([ledger.submit(), ledger.submit()]);
    const gateways = ['one', 'two'].map((writer) => openDatabase(database.url, { max: 2, writer }));
    const move = async (round: number) => {
      const { db } = gateways[round % 3] ?? database;
      const state = hostRunStates[round % hostRunStates.length] ?? 'ready';
      // As everywhere: rows are locked in the order of their ids.
      await db.transaction().execute(async (tx) => {
        await sql`update host_run set state = ${state}, dispatched_at = case when ord % 2 = 0 then now() end
          where id in (select id from host_run where task_id = any(${tasks}::uuid[]) and ord % 7 = ${round % 7}::int order by id for update)`.execute(
          tx,
        );
      });
    };
    for (let round = 0; round < 60; round += 3) await Promise.all([move(round), move(round + 1), move(round + 2)]);
    await Promise.all(gateways.map((gateway) => gateway.close()));
    expect(await wrongCounts(database.db)).toEqual([]);
    expect(await writersOf(tasks[0])).toEqual(['', 'one', 'two']);
    expect((await tallyHostRuns(database.db, tasks[0])).counts.total).toBe(20);
  });

  it('leave out attempts that are over, and hosts that could never be handed out from the errors', async () => {
    const taskId = await ledger.submit();
    await sql`update host_run set state = 'failed' where task_id = ${taskId}::uuid and ord <= 2`.execute(database.db);
    await sql`update host_run set state = 'lost', dispatched_at = now() where task_id = ${taskId}::uuid and ord = 3`.execute(
      database.db,
    );
    expect(await tallyHostRuns(database.db, taskId)).toMatchObject({
      counts: { total: 20, failed: 2, lost: 1, pending: 17 },
      errors: 1,
      knownHosts: 18,
    });
    await sql`update host_run set current = false where task_id = ${taskId}::uuid and ord = 3`.execute(database.db);
    expect((await tallyHostRuns(database.db, taskId)).counts).toMatchObject({ total: 19, lost: 0 });
  });

  it('go with the task, and with rows that are deleted', async () => {
    const taskId = await ledger.submit();
    await sql`delete from host_run where task_id = ${taskId}::uuid and ord <= 5`.execute(database.db);
    expect((await tallyHostRuns(database.db, taskId)).counts.total).toBe(15);
    await sql`delete from task where id = ${taskId}::uuid`.execute(database.db);
    expect(await writersOf(taskId)).toEqual([]);
  });
});
