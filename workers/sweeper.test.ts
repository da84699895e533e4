import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { taskWorkflowId } from '#domain/tasks/ports.ts';
import { durables } from '#ledger/rooms.ts';
import { settleTask } from '#ledger/tasks/settle-task.ts';
import { silentLogger } from '#platform/logging.ts';
import { openTemporalClient } from '#platform/temporal.ts';
import { createWorkflowSender } from '#platform/workflow-starter.ts';
import { createTestDatabase, type TestDatabase } from '#tests/support/database.ts';
import { eventually } from '#tests/support/eventually.ts';
import { fixtureGateway } from '#tests/support/task-ledger.ts';
import { createTaskStage, type TaskStage } from '#tests/support/task-stage.ts';
import { startTestTemporal, type TestTemporal } from '#tests/support/temporal.ts';
import { durableMessages } from '#workflows/rooms.ts';
import { durableLane } from './durable-lane.ts';
import type { Lane } from './lane.ts';
import { sweepLanes, type SweepOptions } from './sweep-lanes.ts';
import { createSweeper } from './sweeper.ts';

let temporal: TestTemporal;
let database: TestDatabase;
let stage: TaskStage;

beforeAll(async () => {
  temporal = await startTestTemporal();
  database = await createTestDatabase();
  stage = await createTaskStage(database.db, { address: temporal.address, hosts: 3 });
  await stage.startWorker();
});
afterAll(async () => {
  await stage.remove();
  await database.remove();
  await temporal.remove();
});
beforeEach(() => {
  stage.play = () => 'succeeded';
});

const eager: SweepOptions = { intervalMs: 1, stalledMs: 1, dueMs: 1, operationMs: 1 };
const sweeper = (options: SweepOptions = eager) =>
  createSweeper(
    sweepLanes({ db: stage.db, maintenance: stage.db, client: stage.client, logger: silentLogger }, options),
    silentLogger,
  );

describe('createSweeper', () => {
  it('starts tasks that nobody started', async () => {
    const taskId = await stage.ledger.submit();
    await sweeper().sweep();
    await stage.reaches(taskId, 'succeeded');
  });

  it('starts the workflow of an open task again after somebody terminated it', async () => {
    stage.play = () => undefined;
    const taskId = await stage.ledger.submit({ strategy: { concurrency: 1 } });
    await stage.start(taskId);
    await stage.reaches(taskId, 'running');
    await stage.client.workflow.getHandle(taskWorkflowId(taskId)).terminate('a test');
    stage.play = () => 'succeeded';
    await stage.ledger.report(taskId, () => 'succeeded');
    await sweeper().sweep();
    expect(await stage.closes(taskId)).toBe('TERMINATED');
    // Nobody looked when somebody should have.
    await sql`update task set recheck_at = now() - interval '1 second' where id = ${taskId}::uuid`.execute(stage.db);
    await sweeper().sweep();
    await stage.reaches(taskId, 'succeeded');
  });

  it('wakes the workflow of a task with something to decide after the nudge of its gateway got lost', async () => {
    stage.play = () => undefined;
    const taskId = await stage.ledger.submit();
    await stage.start(taskId);
    await stage.reaches(taskId, 'running');
    await stage.ledger.report(taskId, () => 'succeeded');
    expect((await settleTask(stage.db, { taskId, gatewayId: fixtureGateway })).wake).toBe(true);
    await sweeper({ ...eager, dueMs: 60_000 }).sweep();
    expect(await stage.state(taskId)).toBe('running');
    await sweeper().sweep();
    await stage.reaches(taskId, 'succeeded');
  });

  it('sends operations that got lost on their way, and only once handled they are left alone', async () => {
    stage.play = () => undefined;
    const taskId = await stage.ledger.submit();
    await stage.start(taskId);
    await stage.reaches(taskId, 'running');
    const operationId = await stage.ledger.request(taskId, 'pause');
    await Promise.all([sweeper().sweep(), sweeper().sweep()]);
    await stage.reaches(taskId, 'paused');
    const handled = () =>
      stage.db
        .selectFrom('operation')
        .select(['state', 'handled_at'])
        .where('id', '=', operationId)
        .executeTakeFirstOrThrow();
    const before = await handled();
    expect(before.state).toBe('applied');
    await sweeper().sweep();
    expect(await handled()).toEqual(before);
    expect(await stage.operate(taskId, 'kill')).toMatchObject({ applied: true });
    await stage.report(taskId, () => 'killed');
    await stage.reaches(taskId, 'killed');
  });

  it('shares the work: two sweepers start a task once', async () => {
    const taskIds = await Promise.all(Array.from({ length: 10 }, () => stage.ledger.submit()));
    const slow = { ...eager, intervalMs: 60_000 };
    await sql`update task set recheck_at = now() - interval '1 hour' where id = any(${taskIds}::uuid[])`.execute(
      stage.db,
    );
    await Promise.all([sweeper(slow).sweep(), sweeper(slow).sweep()]);
    await Promise.all(taskIds.map((taskId) => stage.reaches(taskId, 'succeeded')));
    for (const taskId of taskIds) {
      const runs = await stage.client.workflow.count(`WorkflowId = '${taskWorkflowId(taskId)}'`);
      expect(runs.count).toBe(1);
    }
  });

  it('does not fail while Temporal is away, and starts the task when it is back', async () => {
    const away = openTemporalClient({ address: '127.0.0.1:1', namespace: 'default' });
    const taskId = await stage.ledger.submit();
    const lonely = createSweeper(
      sweepLanes({ db: stage.db, maintenance: stage.db, client: away.client, logger: silentLogger }, eager),
      silentLogger,
    );
    await lonely.start();
    await lonely.stop();
    await lonely.stop();
    expect(await stage.state(taskId)).toBe('submitted');
    await sweeper().sweep();
    await stage.reaches(taskId, 'succeeded');
    await away.close();
  });

  it('forgets old answers of requests', async () => {
    await sql`insert into idempotency_key (actor_id, key, route, body_sha256, status, response, created_at)
      values ('u1', 'old', '/', '', 201, '{}', now() - interval '49 hours'), ('u1', 'new', '/', '', 201, '{}', now())`.execute(
      stage.db,
    );
    await sweeper().sweep();
    const left = await stage.db.selectFrom('idempotency_key').select('key').execute();
    expect(left.map((row) => row.key)).toEqual(['new']);
  });
});

describe('lanes', () => {
  const lane = (name: string, round: Lane['round']): Lane => ({ name, everyMs: 1, round });

  it('go on beside one that never answers and one that fails', async () => {
    const never = Promise.withResolvers<void>();
    const rounds = { hangs: 0, fails: 0, works: 0 };
    const running = createSweeper(
      [
        lane('hangs', () => {
          rounds.hangs++;
          return never.promise;
        }),
        lane('fails', () => {
          rounds.fails++;
          return Promise.reject(new Error('as ever'));
        }),
        lane('works', () => {
          rounds.works++;
          return Promise.resolve();
        }),
      ],
      silentLogger,
    );
    await running.start();
    await eventually('the others go on', () => rounds.fails >= 5 && rounds.works >= 5, { withinMs: 5_000, everyMs: 5 });
    expect(rounds.hangs).toBe(1);
    never.resolve();
    await running.stop();
    const { works } = rounds;
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(rounds.works).toBe(works);
  });

  it('of other nouns start and operate while the claim of one never answers', async () => {
    const never = Promise.withResolvers<string[]>();
    const sender = createWorkflowSender(stage.client, durableMessages);
    const limits = { everyMs: 1, stalledMs: 60_000, dueMs: 60_000, operationMs: 1 };
    const deps = { db: stage.db, sender, logger: silentLogger };
    const stuck = durableLane(deps, { ...durables.ticket, claim: () => never.promise }, limits);
    const both = createSweeper([stuck, durableLane(deps, durables.task, limits)], silentLogger);
    stage.play = () => undefined;
    const taskId = await stage.ledger.submit();
    await both.start();
    await stage.reaches(taskId, 'running');
    await stage.ledger.request(taskId, 'pause');
    await stage.reaches(taskId, 'paused');
    never.resolve([]);
    await both.stop();
    await stage.operate(taskId, 'kill');
    await stage.report(taskId, () => 'killed');
    await stage.reaches(taskId, 'killed');
  });
});
