import { sql } from 'kysely';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '#tests/support/database.ts';
import { quietTemporal } from '#tests/support/quiet-temporal.ts';
import { createTaskStage, type TaskStage } from '#tests/support/task-stage.ts';
import { startTimeSkipping } from '#tests/support/temporal.ts';

let environment: TestWorkflowEnvironment;
let database: TestDatabase;
let stage: TaskStage;

beforeAll(async () => {
  quietTemporal();
  environment = await startTimeSkipping();
  database = await createTestDatabase();
  stage = await createTaskStage(database.db, { address: environment.address, hosts: 4 });
  await stage.startWorker({ leaseMs: 60_000, sweeper: { intervalMs: 200, stalledMs: 3_600_000 } });
});
afterAll(async () => {
  await stage.remove();
  await database.remove();
  await environment.teardown();
});
beforeEach(() => {
  stage.play = () => undefined;
});

describe('a task that hears nothing', () => {
  it('looks again by itself, so that a lost nudge costs a minute and no more', async () => {
    const taskId = await stage.ledger.submit();
    const began = await environment.currentTimeMs();
    await stage.start(taskId);
    await stage.reaches(taskId, 'running');
    await stage.ledger.acknowledge(taskId);
    await stage.ledger.report(taskId, () => 'succeeded');
    await environment.sleep('61 seconds');
    await stage.reaches(taskId, 'succeeded');
    expect((await environment.currentTimeMs()) - began).toBeLessThan(120_000);
  });

  it('loses its hosts when the lease is over, as the sweeper finds, and ends', async () => {
    const taskId = await stage.ledger.submit();
    await stage.start(taskId);
    await stage.reaches(taskId, 'running');
    await stage.ledger.acknowledge(taskId);
    await stage.ledger.disconnect(
      stage.ledger.hosts.map((host) => host.agentId),
      61,
    );
    await sql`update host_run set dispatched_at = now() - interval '1 hour' where task_id = ${taskId}::uuid`.execute(
      stage.db,
    );
    await stage.reaches(taskId, 'failed');
    await sql`update agent set disconnected_at = null`.execute(stage.db);
  });

  it('waits for days without growing much', async () => {
    const taskId = await stage.ledger.submit();
    await stage.start(taskId);
    await stage.reaches(taskId, 'running');
    const before = await stage.historyLength(taskId);
    await environment.sleep('10 minutes');
    const grown = (await stage.historyLength(taskId)) - before;
    expect(grown).toBeGreaterThan(0);
    expect(grown).toBeLessThan(20 * 12);
    await stage.operate(taskId, 'kill');
    await stage.report(taskId, () => 'killed');
    await stage.reaches(taskId, 'killed');
  });
});
