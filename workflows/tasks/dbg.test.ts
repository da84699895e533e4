import { randomUUID } from 'node:crypto';
import { WithStartWorkflowOperation } from '@temporalio/client';
import { it } from 'vitest';
import { setTimeout as sleep } from 'node:timers/promises';
import { taskWorkflowId } from '#domain/tasks/ports.ts';
import { createTestDatabase } from '#tests/support/database.ts';
import { createTaskStage } from '#tests/support/task-stage.ts';
import { startTestTemporal } from '#tests/support/temporal.ts';
import { killUpdate, taskStartOptions, taskWorkflowType } from './task.messages.ts';
it('dbg', async () => {
  const temporal = await startTestTemporal();
  const database = await createTestDatabase();
  const stage = await createTaskStage(database.db, { address: temporal.address, hosts: 2 });
  await stage.startWorker();
  const taskId = randomUUID();
  void stage.client.workflow.executeUpdateWithStart(killUpdate, {
      args: [{ operationId: randomUUID() }],
      startWorkflowOperation: new WithStartWorkflowOperation(taskWorkflowType, taskStartOptions(taskId)),
    }).then(console.log, (e) => console.log('ERR', e, e.cause));
  await sleep(4000);
  const { events } = await stage.client.workflow.getHandle(taskWorkflowId(taskId)).fetchHistory();
  for (const e of events ?? []) console.log(JSON.stringify(e, (k, v) => v === null ? undefined : v).slice(0, 700));
  await stage.remove(); await database.remove(); await temporal.remove();
});
