import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { taskWorkflowId } from '#domain/tasks/ports.ts';
import { createTaskStage, type TaskStage } from '#tests/support/task-stage.ts';
import { startTestTemporal, type TestTemporal } from '#tests/support/temporal.ts';
import { progressQuery } from './task.messages.ts';

let temporal: TestTemporal;
let stage: TaskStage;

beforeAll(async () => {
  temporal = await startTestTemporal();
  stage = await createTaskStage({ address: temporal.address, hosts: 1_000 });
  await stage.startWorker();
});
afterAll(async () => {
  await stage.remove();
  await temporal.remove();
});

describe('the life of a task', () => {
  it('runs on all hosts and ends', async () => {
    stage.play = () => 'succeeded';
    const taskId = await stage.ledger.submit({ hosts: stage.ledger.hosts.slice(0, 3) });
    await stage.start(taskId);
    await stage.reaches(taskId, 'succeeded');
    expect(await stage.closes(taskId)).toBe('COMPLETED');
    expect(await stage.client.workflow.getHandle(taskWorkflowId(taskId)).query(progressQuery)).toMatchObject({
      taskId,
      state: 'succeeded',
      counts: { total: 3, succeeded: 3 },
    });
  });
});
