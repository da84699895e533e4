import { WorkflowFailedError } from '@temporalio/client';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { controlTaskQueue } from '#domain/durables.ts';
import { firingWorkflowId, temporalScheduleId } from '#domain/schedules/ports.ts';
import { transact } from '#ledger/kernel/transact.ts';
import { deleteSchedule, insertSchedule, pauseSchedule } from '#ledger/schedules/edit-schedule.ts';
import { silentLogger } from '#platform/logging.ts';
import { createTemporalSchedules } from '#platform/temporal-schedules.ts';
import { createTestDatabase, type TestDatabase } from '#tests/support/database.ts';
import { eventually } from '#tests/support/eventually.ts';
import { createTaskStage, type TaskStage } from '#tests/support/task-stage.ts';
import { startTestTemporal, type TestTemporal } from '#tests/support/temporal.ts';
import { sweepLanes } from '../sweep-lanes.ts';
import { createSweeper } from '../sweeper.ts';

let temporal: TestTemporal;
let database: TestDatabase;
let stage: TaskStage;

beforeAll(async () => {
  temporal = await startTestTemporal();
  database = await createTestDatabase();
  stage = await createTaskStage(database.db, { address: temporal.address, hosts: 1 });
  await sql`insert into "user" (id, name, email, role) values ('olga', 'olga', 'olga@example.com', 'admin')`.execute(
    database.db,
  );
});
afterAll(async () => {
  await stage.remove();
  await database.remove();
  await temporal.remove();
});

const by = { by: { actor: { id: 'olga', name: 'olga' } } };
const sweep = () =>
  createSweeper(
    sweepLanes(
      { db: stage.db, maintenance: stage.db, client: stage.client, logger: silentLogger },
      { intervalMs: 1, stalledMs: 60_000, compareMs: 0 },
    ),
    silentLogger,
  ).sweep();

/** A schedule of every full hour that might have been there for a day. */
async function everyHour(name: string): Promise<string> {
  const payload = {
    title: name,
    payload: { command: ['true'], args: [], env: {}, timeoutMs: 1_000 },
    strategy: { onError: 'continue' },
    target: { hosts: [stage.ledger.hosts[0]?.host ?? ''] },
  };
  const { id } = await transact(stage.db, (tx) =>
    insertSchedule(
      tx,
      {
        name,
        node: undefined,
        description: '',
        kind: 'task.run',
        payload,
        cron: '0 * * * *',
        zone: 'UTC',
        overlap: 'queue',
        catchUpMs: 7 * 86_400_000,
      },
      by,
    ),
  );
  await sql`update schedule set counted_from = ledger_now() - interval '1 day' where id = ${id}::uuid`.execute(
    stage.db,
  );
  return id;
}

const handle = (id: string) => stage.client.schedule.getHandle(temporalScheduleId(id));
const lastHour = () => new Date(Math.floor(Date.now() / 3_600_000) * 3_600_000);
const workflowAt = (id: string, at: Date) =>
  stage.client.workflow.getHandle(`${firingWorkflowId(id)}-${at.toISOString().replace('.000Z', 'Z')}`);

/** Has Temporal fire as if it were that hour. */
async function letFire(id: string, at: Date): Promise<void> {
  await handle(id).backfill({
    start: new Date(at.getTime() - 1_000),
    end: new Date(at.getTime() + 1_000),
    overlap: 'ALLOW_ALL',
  });
}

async function firingAt(id: string, at: Date) {
  return stage.db
    .selectFrom('firing')
    .select(['state', 'subject_id'])
    .where('schedule_id', '=', id)
    .where('due_at', '=', at)
    .executeTakeFirst();
}

const inTime = { withinMs: 20_000, everyMs: 100 };

describe('a schedule in Temporal', () => {
  it('is what the ledger says, also after somebody deleted or changed it there', async () => {
    const id = await everyHour('mirrored');
    await sweep();
    const found = await handle(id).describe();
    expect(found.info.nextActionTimes[0]?.getTime()).toBe(lastHour().getTime() + 3_600_000);
    expect(found.policies).toMatchObject({ overlap: 'ALLOW_ALL', catchupWindow: 7 * 86_400_000 });
    await transact(stage.db, (tx) => pauseSchedule(tx, id, by));
    await sweep();
    expect((await handle(id).describe()).state).toMatchObject({ paused: true, note: 'version 2' });
    await handle(id).unpause('by hand');
    await eventually(
      'it is put right',
      async () => {
        await sweep();
        return (await handle(id).describe()).state.paused;
      },
      inTime,
    );
    await handle(id).delete();
    await eventually(
      'it is back',
      async () => {
        await sweep();
        return (await createTemporalSchedules(stage.client).versions(temporalScheduleId(id))).size === 1;
      },
      inTime,
    );
    await transact(stage.db, (tx) => deleteSchedule(tx, id, by));
    await sweep();
    await expect(handle(id).describe()).rejects.toThrow();
    expect(await stage.db.selectFrom('schedule').select('id').where('id', '=', id).execute()).toEqual([]);
  });

  it('fires through every outage once: no worker, Temporal killed, workflow cancelled', async () => {
    const id = await everyHour('outage');
    await sweep();
    const at = lastHour();
    await letFire(id, at);
    await eventually(
      'Temporal has started it',
      () =>
        workflowAt(id, at)
          .describe()
          .then(
            ({ status }) => status.name === 'RUNNING',
            () => false,
          ),
      inTime,
    );
    await temporal.crash();
    await temporal.start();
    await workflowAt(id, at).cancel();
    await stage.startWorker();
    await workflowAt(id, at).result();
    const { subject_id: taskId, state } = (await firingAt(id, at)) ?? { subject_id: null, state: '' };
    expect(state).toBe('started');
    await stage.start(taskId ?? '');
    await stage.reaches(taskId ?? '', 'succeeded');
    await letFire(id, at);
    const tasks = await stage.db.selectFrom('task').select('id').where('title', '=', 'outage').execute();
    expect(tasks).toHaveLength(1);
  });

  it('makes nothing run at a time, or of an id, that somebody made up', async () => {
    const id = await everyHour('made-up');
    const start = (workflowId: string, scheduleId: string) =>
      stage.client.workflow.execute('firing', { workflowId, taskQueue: controlTaskQueue, args: [{ scheduleId }] });
    const wrongTime = `${firingWorkflowId(id)}-2020-01-01T00:00:07Z`;
    expect(await start(wrongTime, id)).toEqual({ state: 'not-due' });
    for (const workflowId of [
      `${firingWorkflowId(id)}-soon`,
      'firing/other',
      `${firingWorkflowId(id)}-2020-01-01T00:00:00Z; drop`,
    ])
      await expect(start(workflowId, id)).rejects.toThrow(WorkflowFailedError);
    await expect(start('firing/x-2020-01-01T00:00:00Z', 'x')).rejects.toThrow(WorkflowFailedError);
    expect(await stage.db.selectFrom('firing').selectAll().where('schedule_id', '=', id).execute()).toEqual([]);
  });
});
