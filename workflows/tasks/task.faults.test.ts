import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { taskWorkflowId } from '#domain/tasks/ports.ts';
import { createTestDatabase, type TestDatabase } from '#tests/support/database.ts';
import { eventually } from '#tests/support/eventually.ts';
import { createTaskStage, type TaskStage } from '#tests/support/task-stage.ts';
import { startTestTemporal, type TestTemporal } from '#tests/support/temporal.ts';
import type { PollingWorker } from '#workers/polling-worker.ts';
import { progressQuery, taskUpdates } from './task.messages.ts';

let temporal: TestTemporal;
let database: TestDatabase;
let stage: TaskStage;
let client: Client;
let worker: PollingWorker;

beforeAll(async () => {
  temporal = await startTestTemporal();
  database = await createTestDatabase();
  stage = await createTaskStage(database.db, { address: temporal.address, hosts: 20 });
  client = stage.client;
  worker = await stage.startWorker();
});
afterAll(async () => {
  await stage.remove();
  await database.remove();
  await temporal.remove();
});
beforeEach(() => {
  stage.play = () => undefined;
});

const some = (n: number) => stage.ledger.hosts.slice(0, n);
const handle = (taskId: string) => client.workflow.getHandle(taskWorkflowId(taskId));
const currentRun = async (taskId: string) => (await handle(taskId).describe()).runId;
const running = (taskId: string, hosts: number) =>
  eventually(`${hosts} hosts run`, async () => (await handle(taskId).query(progressQuery)).counts?.running === hosts, {
    withinMs: 30_000,
    everyMs: 50,
  });

describe('a worker that goes away', () => {
  it('is followed by another one that goes on where it was, and no host is handed out twice', async () => {
    const taskId = await stage.ledger.submit({ hosts: some(10), strategy: { concurrency: 4 } });
    await stage.start(taskId);
    await running(taskId, 4);
    await worker.stop();
    await stage.report(taskId, () => 'succeeded');
    const pause = await stage.ledger.request(taskId, 'pause');
    const answer = handle(taskId).executeUpdate(taskUpdates.pause, { updateId: pause, args: [{ operationId: pause }] });
    worker = await stage.startWorker();
    expect(await answer).toMatchObject({ applied: true });
    await stage.operate(taskId, 'continue');
    stage.play = () => 'succeeded';
    await eventually(
      'every host has been reported',
      async () => {
        await stage.report(taskId, () => 'succeeded');
        return (await stage.state(taskId)) === 'succeeded';
      },
      { withinMs: 30_000 },
    );
    const runs = await stage.db
      .selectFrom('host_run')
      .select(['seq', 'attempt'])
      .where('task_id', '=', taskId)
      .execute();
    expect(runs).toHaveLength(10);
    expect(runs.every((run) => run.attempt === 1 && run.seq !== null)).toBe(true);
  });
});

describe('continue-as-new', () => {
  it('hands on after the limit of signals, in the middle of a paused task, and repeats no answer', async () => {
    const taskId = await stage.ledger.submit({ hosts: some(6), strategy: { concurrency: 2 } });
    await stage.start(taskId, { signalLimit: 10 });
    await running(taskId, 2);
    const first = await currentRun(taskId);
    const operationId = await stage.ledger.request(taskId, 'pause');
    const pause = { updateId: operationId, args: [{ operationId }] as [{ operationId: string }] };
    expect(await handle(taskId).executeUpdate(taskUpdates.pause, pause)).toMatchObject({ applied: true });
    for (let n = 0; n < 12; n++) await stage.nudge(taskId);
    const second = await eventually(
      'a new run',
      async () => (await currentRun(taskId)) !== first && currentRun(taskId),
      {
        withinMs: 20_000,
      },
    );
    expect(
      (await handle(taskId).fetchHistory()).events?.[0]?.workflowExecutionStartedEventAttributes
        ?.continuedExecutionRunId,
    ).toBe(first);
    // The same operation again, in a run that never saw it: the same answer, and nothing happens twice.
    expect(await handle(taskId).executeUpdate(taskUpdates.pause, { ...pause, updateId: randomUUID() })).toMatchObject({
      applied: true,
    });
    expect(await stage.state(taskId)).toBe('paused');
    expect(await stage.operate(taskId, 'continue')).toMatchObject({ applied: true });
    stage.play = () => 'succeeded';
    await stage.report(taskId, () => 'succeeded');
    await stage.reaches(taskId, 'succeeded');
    expect(await currentRun(taskId)).toBe(second);
  });

  it('lives through a storm of 5,000 nudges and loses none of what they are about', async () => {
    const taskId = await stage.ledger.submit({ hosts: some(20), strategy: { concurrency: 5 } });
    await stage.start(taskId, { signalLimit: 1_000 });
    await running(taskId, 5);
    const first = await currentRun(taskId);
    stage.play = () => 'succeeded';
    const handles = handle(taskId);
    // Four at a time: the server gives up a workflow task once 100 signals arrive while it is carried out.
    for (let sent = 0; sent < 5_000; sent += 4) {
      await Promise.all(Array.from({ length: 4 }, () => handles.signal('nudge').catch(() => undefined)));
      if (sent === 2_000) await stage.ledger.report(taskId, () => 'succeeded');
    }
    await stage.reaches(taskId, 'succeeded', 60_000);
    expect(await stage.closes(taskId)).toBe('COMPLETED');
    expect(await currentRun(taskId)).not.toBe(first);
    expect(await stage.historyLength(taskId)).toBeLessThan(10_000);
  }, 300_000);
});
