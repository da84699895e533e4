import { randomUUID } from 'node:crypto';
import {
  type Client,
  WithStartWorkflowOperation,
  WorkflowFailedError,
  WorkflowUpdateFailedError,
} from '@temporalio/client';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { controlTaskQueue } from '#domain/durables.ts';
import { taskWorkflowId } from '#domain/tasks/ports.ts';
import { createTestDatabase, type TestDatabase } from '#tests/support/database.ts';
import { eventually } from '#tests/support/eventually.ts';
import { createTaskStage, type TaskStage } from '#tests/support/task-stage.ts';
import { startTestTemporal, type TestTemporal } from '#tests/support/temporal.ts';
import { progressQuery, taskStartOptions, taskUpdates, taskWorkflowType } from './task.messages.ts';

let temporal: TestTemporal;
let database: TestDatabase;
let stage: TaskStage;
let client: Client;

beforeAll(async () => {
  temporal = await startTestTemporal();
  database = await createTestDatabase();
  stage = await createTaskStage(database.db, { address: temporal.address, hosts: 1_000 });
  client = stage.client;
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

const some = (n: number) => stage.ledger.hosts.slice(0, n);
const handle = (taskId: string) => client.workflow.getHandle(taskWorkflowId(taskId));
const countsOf = async (taskId: string) => (await handle(taskId).query(progressQuery)).counts;

async function submitAndStart(options: Parameters<TaskStage['ledger']['submit']>[0]): Promise<string> {
  const taskId = await stage.ledger.submit(options);
  await stage.start(taskId);
  return taskId;
}

describe('the life of a task', () => {
  it('runs on all hosts, ends, and is found and read in Temporal', async () => {
    const taskId = await submitAndStart({ hosts: some(3) });
    await stage.reaches(taskId, 'succeeded');
    expect(await stage.closes(taskId)).toBe('COMPLETED');
    expect(await handle(taskId).query(progressQuery)).toMatchObject({
      taskId,
      state: 'succeeded',
      counts: { total: 3, succeeded: 3 },
    });
    const found = await eventually(
      'the task is found by its attributes',
      async () => {
        const query = `SignalboxKind = 'task.run' AND SignalboxState = 'succeeded' AND SignalboxRequester = 'alice' AND WorkflowId = '${taskWorkflowId(taskId)}'`;
        for await (const execution of client.workflow.list({ query })) return execution.workflowId;
        return undefined;
      },
      { withinMs: 20_000 },
    );
    expect(found).toBe(taskWorkflowId(taskId));
  });

  it('runs on 1,000 hosts at once within 500 events, none of which names a host', async () => {
    stage.play = () => undefined;
    const taskId = await submitAndStart({ hosts: some(1_000) });
    await eventually('all are handed out', async () => (await countsOf(taskId))?.running === 1_000, {
      withinMs: 20_000,
    });
    for (let digit = 0; digit < 10; digit++) {
      await stage.report(taskId, (host) => (host.endsWith(String(digit)) ? 'succeeded' : undefined));
    }
    await stage.reaches(taskId, 'succeeded');
    await stage.closes(taskId);
    const history = await handle(taskId).fetchHistory();
    const text = JSON.stringify(history, (_key, value: unknown) =>
      value instanceof Uint8Array ? Buffer.from(value).toString() : value,
    );
    expect(history.events?.length).toBeLessThan(150);
    for (const host of some(5)) {
      for (const name of [host.host, host.address, host.agentId, host.machineId]) expect(text).not.toContain(name);
    }
  });

  it('refills in order at a low concurrency', async () => {
    const taskId = await submitAndStart({ hosts: some(20), strategy: { concurrency: 3 } });
    await stage.reaches(taskId, 'succeeded');
    const runs = await stage.db
      .selectFrom('host_run')
      .select('step')
      .where('task_id', '=', taskId)
      .orderBy('ord')
      .execute();
    const steps = runs.map((run) => run.step ?? 0);
    expect(steps).toEqual([...steps].sort((a, b) => a - b));
    expect(new Set(steps).size).toBeGreaterThanOrEqual(7);
  });

  it('goes on when no gateway takes the delivery', async () => {
    await stage.db.insertInto('gateway').values({ id: 'gateway-away', address: '127.0.0.1:9' }).execute();
    const { agentId } = stage.ledger.hosts[999]!;
    await stage.db.updateTable('agent').set({ gateway_id: 'gateway-away' }).where('id', '=', agentId).execute();
    const taskId = await submitAndStart({ hosts: [stage.ledger.hosts[999]!] });
    await eventually(
      'the delivery is given up',
      async () => {
        const { events } = await handle(taskId).fetchHistory();
        return events?.some((event) => event.activityTaskTimedOutEventAttributes);
      },
      { withinMs: 20_000 },
    );
    await stage.db.updateTable('agent').set({ gateway_id: 'gateway-1' }).where('id', '=', agentId).execute();
    await stage.report(taskId, () => 'succeeded');
    await stage.reaches(taskId, 'succeeded');
    expect(await stage.closes(taskId)).toBe('COMPLETED');
  });
});

describe('operations', () => {
  it('pauses, continues, kills, each once, with typed refusals', async () => {
    stage.play = () => undefined;
    const taskId = await submitAndStart({ hosts: some(4), strategy: { concurrency: 2 } });
    await stage.reaches(taskId, 'running');
    expect(await stage.operate(taskId, 'continue')).toMatchObject({
      applied: false,
      reason: { code: 'not-paused' },
      state: 'running',
    });
    expect(await stage.operate(taskId, 'pause')).toMatchObject({ applied: true, state: 'paused' });
    expect(await stage.operate(taskId, 'pause')).toMatchObject({ applied: false, reason: { code: 'already-paused' } });
    await stage.report(taskId, () => 'succeeded');
    await eventually('the workflow has seen the reports', async () => (await countsOf(taskId))?.succeeded === 2, {
      withinMs: 10_000,
    });
    expect(await countsOf(taskId)).toMatchObject({ pending: 2, running: 0 });
    expect(await stage.operate(taskId, 'continue')).toMatchObject({ applied: true, state: 'running' });
    await eventually('the rest is handed out', async () => (await countsOf(taskId))?.running === 2, {
      withinMs: 10_000,
    });
    expect(await stage.operate(taskId, 'kill')).toMatchObject({
      applied: true,
      state: 'killing',
      deliverTo: ['gateway-1'],
    });
    expect(await stage.operate(taskId, 'kill')).toMatchObject({
      applied: false,
      reason: { code: 'kill-already-requested' },
    });
    await stage.report(taskId, () => 'killed');
    await stage.reaches(taskId, 'killed');
    expect(await stage.closes(taskId)).toBe('COMPLETED');
    expect(await stage.operate(taskId, 'pause')).toMatchObject({
      applied: false,
      reason: { code: 'task-ended' },
      state: 'killed',
    });
    expect(await stage.closes(taskId)).toBe('COMPLETED');
  });

  it('kills a task whose workflow is not known yet', async () => {
    const taskId = await stage.ledger.submit({ hosts: some(3) });
    expect(await stage.operate(taskId, 'kill')).toMatchObject({ applied: true, state: 'killing' });
    await stage.reaches(taskId, 'killed');
    const runs = await stage.db.selectFrom('host_run').select(['state', 'seq']).where('task_id', '=', taskId).execute();
    for (const run of runs) expect(['revoked', 'killed', 'succeeded']).toContain(run.state);
  });

  it('runs failed hosts of an ended task again, in a new run of the same workflow', async () => {
    stage.play = (host) => (host.endsWith('2') ? 'failed' : 'succeeded');
    const taskId = await submitAndStart({ hosts: some(3) });
    await stage.reaches(taskId, 'failed');
    await stage.closes(taskId);
    const { firstExecutionRunId: firstRun } = await handle(taskId)
      .describe()
      .then((it) => ({ firstExecutionRunId: it.runId }));
    stage.play = () => 'succeeded';
    expect(await stage.operate(taskId, 'retry-failed')).toMatchObject({ applied: true, state: 'running' });
    await stage.reaches(taskId, 'succeeded');
    expect(await stage.closes(taskId)).toBe('COMPLETED');
    expect((await handle(taskId).describe()).runId).not.toBe(firstRun);
    expect(await stage.operate(taskId, 'retry-failed')).toMatchObject({
      applied: false,
      reason: { code: 'nothing-to-retry' },
    });
    expect(await stage.state(taskId)).toBe('succeeded');
  });

  it('lets one of many equal requests win', async () => {
    stage.play = () => undefined;
    const taskId = await submitAndStart({ hosts: some(2) });
    await stage.reaches(taskId, 'running');
    const answers = await Promise.all(Array.from({ length: 6 }, () => stage.operate(taskId, 'pause')));
    expect(answers.filter((answer) => (answer as { applied: boolean }).applied)).toHaveLength(1);
    await stage.operate(taskId, 'kill');
    await stage.report(taskId, () => 'killed');
    await stage.reaches(taskId, 'killed');
  });
});

describe('whoever reaches Temporal’s port alone', () => {
  it('starts nothing for a task that the ledger does not know', async () => {
    const taskId = randomUUID();
    await stage.start(taskId);
    const failure: unknown = await handle(taskId)
      .result()
      .catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(WorkflowFailedError);
    expect((failure as WorkflowFailedError).cause).toMatchObject({ type: 'not-found' });
    await expect(stageOperate(taskId, randomUUID())).rejects.toBeInstanceOf(WorkflowUpdateFailedError);
  });

  it('starts nothing with an input or a workflow id that is none of ours', async () => {
    const taskId = await stage.ledger.submit({ hosts: some(1) });
    for (const [workflowId, input] of [
      ['something-else', { taskId }],
      [taskWorkflowId(taskId), { taskId: 7 }],
      [taskWorkflowId(taskId), undefined],
      [taskWorkflowId(taskId), { taskId, step: -1 }],
      [taskWorkflowId(taskId), { taskId, handled: 'yes' }],
    ] as const) {
      const run = client.workflow.execute(taskWorkflowType, { workflowId, taskQueue: controlTaskQueue, args: [input] });
      await expect(run).rejects.toMatchObject({ cause: { type: 'invalid-input' } });
    }
    expect(await stage.state(taskId)).toBe('submitted');
  });

  it('changes nothing with operations that nobody asked for, or those of another task', async () => {
    stage.play = () => undefined;
    const taskId = await submitAndStart({ hosts: some(2) });
    const otherId = await stage.ledger.submit({ hosts: some(2) });
    await stage.reaches(taskId, 'running');
    const elsewhere = await stage.ledger.request(otherId, 'kill');
    expect(await stageOperate(taskId, elsewhere)).toMatchObject({
      applied: false,
      reason: { code: 'no-such-operation' },
    });
    expect(await stageOperate(taskId, randomUUID())).toMatchObject({
      applied: false,
      reason: { code: 'no-such-operation' },
    });
    for (const bogus of ['', 'x'.repeat(36), 7, null]) {
      const refused = await stageOperate(taskId, bogus as string).catch((error: unknown) => error);
      expect(refused).toMatchObject({ cause: { type: 'invalid-input' } });
    }
    expect(await stage.state(taskId)).toBe('running');
    expect(await stage.state(otherId)).toBe('submitted');
    // A step from nowhere moves nothing either: the ledger says where it stands.
    await handle(taskId).terminate();
    await client.workflow.start(taskWorkflowType, { ...taskStartOptions(taskId), args: [{ taskId, step: 1_000 }] });
    await stage.report(taskId, () => 'succeeded');
    await stage.reaches(taskId, 'succeeded');
  });

  it('cannot end a task by cancelling its workflow', async () => {
    stage.play = () => undefined;
    const taskId = await submitAndStart({ hosts: some(2), strategy: { concurrency: 1 } });
    await stage.reaches(taskId, 'running');
    await handle(taskId).cancel();
    await stage.report(taskId, () => 'succeeded');
    await eventually(
      'the next host is handed out',
      async () => (await countsOf(taskId))?.running === 1 && (await countsOf(taskId))?.succeeded === 1,
      { withinMs: 10_000 },
    );
    expect(await stage.operate(taskId, 'pause')).toMatchObject({ applied: true });
    expect(await stage.operate(taskId, 'continue')).toMatchObject({ applied: true });
    await stage.report(taskId, () => 'succeeded');
    await stage.reaches(taskId, 'succeeded');
    expect(await stage.closes(taskId)).toBe('COMPLETED');
  });

  async function stageOperate(taskId: string, operationId: string): Promise<unknown> {
    return client.workflow.executeUpdateWithStart(taskUpdates.kill, {
      args: [{ operationId }],
      startWorkflowOperation: new WithStartWorkflowOperation(taskWorkflowType, taskStartOptions(taskId)),
    });
  }
});
