import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { controlTaskQueue } from '#domain/durables.ts';
import { taskWorkflowId } from '#domain/tasks/ports.ts';
import { ticketWorkflowId } from '#domain/tickets/ports.ts';
import { createTestDatabase, type TestDatabase } from '#tests/support/database.ts';
import { eventually } from '#tests/support/eventually.ts';
import { startTestTemporal, type TestTemporal } from '#tests/support/temporal.ts';
import { createTicketStage, type StageWorker, type TicketStage } from '#tests/support/ticket-workflow-stage.ts';
import type { Place } from '#tests/support/ticket-workflow-ledger.ts';
import { taskStartOptions, taskWorkflowType } from '../tasks/task.messages.ts';
import { progressQuery, ticketWorkflowType } from './ticket.messages.ts';

let temporal: TestTemporal;
let database: TestDatabase;
let stage: TicketStage;
let worker: StageWorker;
let used = 0;

beforeAll(async () => {
  temporal = await startTestTemporal();
  database = await createTestDatabase();
  stage = await createTicketStage(database.db, { address: temporal.address, places: 40 });
  worker = await stage.startWorker();
});
afterAll(async () => {
  await stage.remove();
  await database.remove();
  await temporal.remove();
});
beforeEach(() => {
  stage.play = () => 'succeeded';
  stage.around = (_name, run) => run();
});

const handle = (ticketId: string) => stage.client.workflow.getHandle(ticketWorkflowId(ticketId));
const approverOf = (place: Place) => place.people[0]!;
const childStarts = async (ticketId: string) =>
  (await stage.events(ticketWorkflowId(ticketId))).filter(
    (type) => type === 'childWorkflowExecutionStartedEventAttributes',
  ).length;

/** A ticket that takes one approval of the first of its people; nobody has started its workflow. */
async function opened(steps = 1) {
  const place = stage.ledger.places[used++]!;
  const step = (n: number) => ({ approvers: [{ type: 'user', userId: place.people[n] }] });
  await stage.ledger.setPolicy(place, { steps: Array.from({ length: steps }, (_, n) => step(n)) });
  return { place, ...(await stage.ledger.open(place)) };
}

async function waiting(steps = 1) {
  const ticket = await opened(steps);
  await stage.start(ticket.ticketId);
  await eventually('it waits', async () => (await handle(ticket.ticketId).query(progressQuery)).state === 'pending', {
    withinMs: 20_000,
    everyMs: 20,
  });
  return ticket;
}

async function runsOf(workflowId: string): Promise<number> {
  return (await stage.client.workflow.count(`WorkflowId = '${workflowId}'`)).count;
}

describe('the life of a ticket', () => {
  it('waits, lets the task go once it is approved, and ends with the task; Temporal shows and finds it', async () => {
    const { ticketId, subjectId, place } = await waiting();
    expect(await stage.ledger.taskState(subjectId)).toBe('awaiting-approval');
    expect(await stage.operate(ticketId, 'approve', place.requester)).toMatchObject({
      reason: { code: 'self-approval' },
    });
    expect(await stage.operate(ticketId, 'approve', approverOf(place))).toMatchObject({ applied: true });
    await stage.reaches(ticketId, 'done');
    expect(await stage.closes(ticketId)).toBe('COMPLETED');
    expect(await stage.ledger.taskState(subjectId)).toBe('succeeded');
    expect(await childStarts(ticketId)).toBe(1);
    await eventually(
      'it is found',
      async () =>
        (
          await stage.client.workflow.count(
            `SignalboxKind = 'task.run' AND SignalboxState = 'done' AND WorkflowId = '${ticketWorkflowId(ticketId)}'`,
          )
        ).count === 1,
      { withinMs: 20_000 },
    );
  });

  it('takes an approval as the very first thing that its workflow hears', async () => {
    const { ticketId, place } = await opened();
    expect(await stage.operate(ticketId, 'approve', approverOf(place))).toMatchObject({ applied: true });
    await stage.reaches(ticketId, 'done');
  });

  it('keeps a decision that comes before its step, and uses it once', async () => {
    const { ticketId, place } = await waiting(2);
    expect(await stage.operate(ticketId, 'approve', place.people[1]!)).toMatchObject({
      applied: true,
      standing: { stepsPassed: 0 },
    });
    expect(await stage.operate(ticketId, 'approve', place.people[1]!)).toMatchObject({
      reason: { code: 'already-decided' },
    });
    expect(await stage.operate(ticketId, 'approve', place.people[0]!)).toMatchObject({ standing: { stepsPassed: 2 } });
    await stage.reaches(ticketId, 'done');
    expect((await stage.ledger.timeline(ticketId)).filter((kind) => kind === 'kept-early')).toHaveLength(1);
  });

  it('answers the same operation the same, and does it once, in one run and in the next', async () => {
    const { ticketId, place } = await waiting(2);
    const id = await stage.ledger.request(ticketId, 'approve', approverOf(place));
    const answers = await Promise.all([1, 2, 3].map(() => stage.send(ticketId, 'approve', id, randomUUID())));
    for (const answer of answers) expect(answer).toEqual(answers[0]);
    await handle(ticketId).terminate('a test');
    expect(await stage.send(ticketId, 'approve', id, randomUUID())).toMatchObject({ applied: true });
    expect((await stage.ledger.timeline(ticketId)).filter((kind) => kind === 'approved')).toHaveLength(1);
    expect(await stage.operate(ticketId, 'withdraw', place.requester)).toMatchObject({ applied: true });
    await stage.closes(ticketId);
    // Long after the end, to a new run.
    expect(await stage.send(ticketId, 'approve', id, randomUUID())).toMatchObject({ applied: true });
    await stage.closes(ticketId);
    expect(await stage.operate(ticketId, 'comment', place.requester)).toMatchObject({
      reason: { code: 'ticket-ended' },
    });
    expect((await stage.ledger.ticket(ticketId)).state).toBe('withdrawn');
  });

  it('lets one of many decisions at the same moment win', async () => {
    const { ticketId, place } = await waiting();
    const asked = [approverOf(place), approverOf(place), approverOf(place)].map((who, n) =>
      stage.operate(ticketId, n === 1 ? 'reject' : 'approve', who).catch((error: unknown) => error),
    );
    await Promise.all(asked);
    const { state } = await eventually(
      'it ends',
      async () => {
        const ticket = await stage.ledger.ticket(ticketId);
        return ['done', 'rejected'].includes(ticket.state) && ticket;
      },
      { withinMs: 20_000 },
    );
    const ends = (await stage.ledger.timeline(ticketId)).filter((kind) => kind === 'ended');
    expect([ends.length, state]).toEqual([1, expect.stringMatching(/done|rejected/)]);
  });
});

describe('whoever reaches Temporal’s port alone', () => {
  it('starts nothing for what the ledger does not know, or with an input that is none of ours', async () => {
    const nobody = randomUUID();
    await stage.start(nobody);
    await expect(handle(nobody).result()).rejects.toMatchObject({ cause: { type: 'not-found' } });
    const { ticketId } = await opened();
    for (const [workflowId, input] of [
      ['something-else', { ticketId }],
      [ticketWorkflowId(ticketId), { ticketId: 7 }],
      [ticketWorkflowId(ticketId), undefined],
      [ticketWorkflowId(ticketId), { ticketId, started: 'yes' }],
    ] as const) {
      const run = stage.client.workflow.execute(ticketWorkflowType, {
        workflowId,
        taskQueue: controlTaskQueue,
        args: [input],
      });
      await expect(run).rejects.toMatchObject({ cause: { type: 'invalid-input' } });
    }
  });

  it('cannot decide with operations that nobody asked for, nor start the task', async () => {
    const { ticketId, subjectId, place } = await waiting();
    const other = await opened();
    const elsewhere = await stage.ledger.request(other.ticketId, 'approve', approverOf(other.place));
    for (const id of [elsewhere, randomUUID()]) {
      expect(await stage.send(ticketId, 'approve', id)).toMatchObject({
        applied: false,
        reason: { code: 'no-such-operation' },
      });
    }
    for (const bogus of ['', 'x'.repeat(36), 7, null]) {
      await expect(stage.send(ticketId, 'approve', bogus as string, randomUUID())).rejects.toMatchObject({
        cause: { type: 'invalid-input' },
      });
    }
    await stage.client.workflow.start(taskWorkflowType, taskStartOptions(subjectId));
    for (let n = 0; n < 5; n++) await stage.nudge(ticketId);
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(await stage.ledger.taskState(subjectId)).toBe('awaiting-approval');
    expect((await stage.ledger.ticket(ticketId)).state).toBe('pending');
    // The sweeper may have started the task's workflow already: the ticket takes it as it finds it.
    await stage.operate(ticketId, 'approve', approverOf(place));
    await stage.client.workflow.getHandle(taskWorkflowId(subjectId)).signal('nudge');
    await stage.reaches(ticketId, 'done');
    expect(await runsOf(taskWorkflowId(subjectId))).toBe(1);
  });

  it('cannot end a ticket by cancelling its workflow', async () => {
    const { ticketId, place } = await waiting();
    await handle(ticketId).cancel();
    await stage.nudge(ticketId);
    expect(await stage.operate(ticketId, 'comment', place.requester)).toMatchObject({ applied: true });
    expect(await stage.operate(ticketId, 'approve', approverOf(place))).toMatchObject({ applied: true });
    await stage.reaches(ticketId, 'done');
    expect(await stage.closes(ticketId)).toBe('COMPLETED');
  });
});

describe('a worker that goes away', () => {
  it('while the ticket waits: another one takes the decision', async () => {
    const { ticketId, place } = await waiting();
    await worker.stop();
    const answer = stage.operate(ticketId, 'approve', approverOf(place));
    worker = await stage.startWorker();
    expect(await answer).toMatchObject({ applied: true });
    await stage.reaches(ticketId, 'done');
  });

  it('between the release and the start of the task: it is started once, by the next one', async () => {
    const { ticketId, subjectId, place } = await waiting();
    await worker.stop();
    let release: (() => void) | undefined;
    const gate = new Promise<void>((resolve) => (release = resolve));
    let released = false;
    stage.around = async (name, run) => {
      const result = await run();
      if (name !== 'releaseTicket') return result;
      released = true;
      await gate;
      return result;
    };
    const decider = await stage.startWorker({ activities: false });
    const doer = await stage.startWorker({ workflows: false });
    await stage.operate(ticketId, 'approve', approverOf(place));
    await eventually('it is released', () => released, { withinMs: 20_000, everyMs: 20 });
    await decider.stop();
    release?.();
    await doer.stop();
    expect(await childStarts(ticketId)).toBe(0);
    worker = await stage.startWorker();
    await stage.reaches(ticketId, 'done');
    expect(await childStarts(ticketId)).toBe(1);
    expect(await runsOf(taskWorkflowId(subjectId))).toBe(1);
  });
});

describe('a ledger that is away', () => {
  it('is asked until it answers', async () => {
    const failures = new Map<string, number>();
    stage.around = async (name, run) => {
      const failed = failures.get(name) ?? 0;
      if (failed >= 4) return run();
      failures.set(name, failed + 1);
      // Every second time the work was done, and its answer got lost.
      if (failed % 2 === 1) await run();
      throw new Error('connection lost');
    };
    const { ticketId, place } = await opened();
    expect(await stage.operate(ticketId, 'approve', approverOf(place))).toMatchObject({ applied: true });
    await stage.reaches(ticketId, 'done', 60_000);
    const timeline = await stage.ledger.timeline(ticketId);
    for (const once of ['approved', 'applying', 'ended'])
      expect(timeline.filter((kind) => kind === once)).toHaveLength(1);
  });
});

describe('continue-as-new', () => {
  const newRun = (ticketId: string, first: string) =>
    eventually('a new run', async () => (await handle(ticketId).describe()).runId !== first, { withinMs: 20_000 });

  it('of the ticket while its task runs: the end arrives all the same', async () => {
    stage.play = () => undefined;
    const { ticketId, subjectId, place } = await opened();
    await stage.start(ticketId, { signalLimit: 5 });
    await stage.operate(ticketId, 'approve', approverOf(place));
    await eventually('the task runs', async () => (await stage.ledger.taskState(subjectId)) === 'running', {
      withinMs: 20_000,
    });
    const { runId } = await handle(ticketId).describe();
    for (let n = 0; n < 8; n++) await stage.nudge(ticketId);
    await newRun(ticketId, runId);
    await stage.report(subjectId, () => 'succeeded');
    await stage.reaches(ticketId, 'done');
    expect(await stage.closes(ticketId)).toBe('COMPLETED');
    // The run that came after started nothing again.
    expect(await childStarts(ticketId)).toBe(0);
    expect(await runsOf(taskWorkflowId(subjectId))).toBe(1);
  });

  it('of the task: its last run tells the ticket', async () => {
    stage.play = () => undefined;
    const { ticketId, subjectId, place } = await waiting();
    // Started before the ticket lets it go, as a sweeper might; here with a low limit of signals.
    const start = taskStartOptions(subjectId);
    await stage.client.workflow.start(taskWorkflowType, { ...start, args: [{ taskId: subjectId, signalLimit: 5 }] });
    await stage.operate(ticketId, 'approve', approverOf(place));
    const task = stage.client.workflow.getHandle(taskWorkflowId(subjectId));
    const { runId } = await task.describe();
    for (let n = 0; n < 8; n++) await task.signal('nudge');
    await eventually('a new run', async () => (await task.describe()).runId !== runId, { withinMs: 20_000 });
    await eventually('it runs', async () => (await stage.ledger.taskState(subjectId)) === 'running', {
      withinMs: 40_000,
    });
    await eventually(
      'the host is told',
      async () =>
        (await stage.db.selectFrom('host_run').select('state').where('task_id', '=', subjectId).executeTakeFirst())
          ?.state === 'dispatched' ||
        (await stage.db.selectFrom('host_run').select('state').where('task_id', '=', subjectId).executeTakeFirst())
          ?.state === 'running',
      { withinMs: 20_000 },
    );
    const before = performance.now();
    await stage.report(subjectId, () => 'succeeded');
    await stage.reaches(ticketId, 'done');
    // By the nudge: the lookup comes half a minute later.
    expect(performance.now() - before).toBeLessThan(15_000);
  });
});
