import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { advanceTask } from '#ledger/tasks/advance-task.ts';
import { createTestDatabase, type TestDatabase } from '#tests/support/database.ts';
import { quietTemporal } from '#tests/support/quiet-temporal.ts';
import { startTimeSkipping } from '#tests/support/temporal.ts';
import { createTicketStage, type TicketStage } from '#tests/support/ticket-workflow-stage.ts';
import { taskStartOptions, taskWorkflowType } from '../tasks/task.messages.ts';

let environment: TestWorkflowEnvironment;
let database: TestDatabase;
let stage: TicketStage;

beforeAll(async () => {
  quietTemporal();
  environment = await startTimeSkipping();
  database = await createTestDatabase();
  stage = await createTicketStage(database.db, {
    address: environment.address,
    places: 1,
    clock: async () => new Date(await environment.currentTimeMs()),
  });
  await stage.startWorker();
});
afterAll(async () => {
  await stage.remove();
  await database.remove();
  await environment.teardown();
});

it('looks by itself how its task ended, so that a lost nudge costs half a minute and no more', async () => {
  const place = stage.ledger.places[0]!;
  const approver = place.people[0]!;
  await stage.ledger.setPolicy(place, { steps: [{ approvers: [{ type: 'user', userId: approver }] }] });
  const { ticketId, subjectId } = await stage.ledger.open(place);
  // Nobody is there to nudge the ticket: what has the task's name in Temporal has ended already, and the test plays its part
  // in the ledger. (Terminating the task's workflow would do as well, but makes the time-skipping server stand still.)
  const nothing = { ...taskStartOptions(subjectId), args: [{ taskId: 'none' }] as [{ taskId: string }] };
  await expect(stage.client.workflow.execute(taskWorkflowType, nothing)).rejects.toThrow();
  await stage.start(ticketId);
  await stage.operate(ticketId, 'approve', approver);
  await stage.reaches(ticketId, 'applying');
  await advanceTask(stage.db, { taskId: subjectId, step: 1, leaseMs: 60_000 });
  await stage.ledger.tasks.acknowledge(subjectId);
  await stage.ledger.tasks.report(subjectId, () => 'succeeded');
  await advanceTask(stage.db, { taskId: subjectId, step: 2, leaseMs: 60_000 });
  expect(await stage.ledger.taskState(subjectId)).toBe('succeeded');
  expect((await stage.ledger.ticket(ticketId)).state).toBe('applying');
  await environment.sleep('31 seconds');
  await stage.reaches(ticketId, 'done');
  expect(await stage.closes(ticketId)).toBe('COMPLETED');
});
