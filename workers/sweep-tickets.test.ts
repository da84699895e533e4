import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { getTicketOperation } from '#ledger/tickets/ticket-operation.ts';
import { ticketWorkflowId } from '#domain/tickets/ports.ts';
import { silentLogger } from '#platform/logging.ts';
import { createTestDatabase, type TestDatabase } from '#tests/support/database.ts';
import { eventually } from '#tests/support/eventually.ts';
import { startTestTemporal, type TestTemporal } from '#tests/support/temporal.ts';
import { createTicketStage, type TicketStage } from '#tests/support/ticket-workflow-stage.ts';
import { progressQuery } from '#workflows/tickets/ticket.messages.ts';
import { sweepLanes } from './sweep-lanes.ts';
import { createSweeper } from './sweeper.ts';

let temporal: TestTemporal;
let database: TestDatabase;
let stage: TicketStage;
let used = 0;

beforeAll(async () => {
  temporal = await startTestTemporal();
  database = await createTestDatabase();
  stage = await createTicketStage(database.db, { address: temporal.address, places: 8 });
  await stage.startWorker();
});
afterAll(async () => {
  await stage.remove();
  await database.remove();
  await temporal.remove();
});
beforeEach(() => {
  stage.around = (_name, run) => run();
});

const inTime = { withinMs: 20_000, everyMs: 20 };
const sweep = () =>
  createSweeper(
    sweepLanes(
      { db: stage.db, maintenance: stage.db, client: stage.client, logger: silentLogger },
      { intervalMs: 1, stalledMs: 60_000, operationMs: 1 },
    ),
    silentLogger,
  ).sweep();
const handle = (ticketId: string) => stage.client.workflow.getHandle(ticketWorkflowId(ticketId));
const operation = async (id: string) => (await getTicketOperation(stage.db, id))!;
const handled = (id: string) =>
  eventually('the operation is handled', async () => (await operation(id)).state !== 'requested', inTime);
const isPending = (ticketId: string) =>
  eventually('it waits', async () => (await handle(ticketId).query(progressQuery)).state === 'pending', inTime);

/** A ticket that one person has to approve; nobody has started its workflow. */
async function opened() {
  const place = stage.ledger.places[used++]!;
  const approver = place.people[0]!;
  await stage.ledger.setPolicy(place, { steps: [{ approvers: [{ type: 'user', userId: approver }] }] });
  return { ...(await stage.ledger.open(place)), approver, requester: place.requester };
}

describe('the sweeper', () => {
  it('starts tickets that nobody started', async () => {
    const { ticketId, approver } = await opened();
    await expect(handle(ticketId).describe()).rejects.toThrow(/not found/i);
    await sweep();
    await isPending(ticketId);
    expect(await stage.operate(ticketId, 'approve', approver)).toMatchObject({ applied: true });
    await stage.reaches(ticketId, 'done');
  });

  it('starts a ticket without a workflow as it sends what was asked of it', async () => {
    const { ticketId, approver } = await opened();
    await stage.ledger.request(ticketId, 'approve', approver);
    await sweep();
    await stage.reaches(ticketId, 'done');
  });

  it('sends operations that got lost on their way, and only once handled they are left alone', async () => {
    const { ticketId, approver } = await opened();
    await stage.start(ticketId);
    await isPending(ticketId);
    const operationId = await stage.ledger.request(ticketId, 'approve', approver);
    await Promise.all([sweep(), sweep()]);
    await stage.reaches(ticketId, 'done');
    const before = await operation(operationId);
    expect(before).toMatchObject({ state: 'applied', action: 'approve' });
    await sweep();
    expect(await operation(operationId)).toEqual(before);
    const timeline = await stage.ledger.timeline(ticketId);
    expect(timeline.filter((kind) => kind === 'approved')).toHaveLength(1);
  });

  it('settles what reached a run that knew that the ticket had ended, and so got no answer of the ledger', async () => {
    const { ticketId, requester } = await opened();
    await stage.start(ticketId);
    await isPending(ticketId);
    // A comment that waits its turn behind the withdrawal keeps the run open for a while after the end.
    const withdrawal = await stage.ledger.request(ticketId, 'withdraw', requester);
    const [comment, late] = [
      await stage.ledger.request(ticketId, 'comment', requester),
      await stage.ledger.request(ticketId, 'comment', requester),
    ];
    const gates = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    let asked = 0;
    stage.around = async (name, run) => {
      if (name === 'applyTicketOperation') await gates[asked++]?.promise;
      return run();
    };
    const withdrawn = stage.send(ticketId, 'withdraw', withdrawal);
    await eventually('the withdrawal is under way', () => asked === 1, inTime);
    const commented = stage.send(ticketId, 'comment', comment);
    await eventually('the comment is accepted', async () => (await updatesOf(ticketId)) === 2, inTime);
    gates[0]!.resolve();
    expect(await withdrawn).toMatchObject({ applied: true });
    await expect(stage.send(ticketId, 'comment', late)).rejects.toMatchObject({ cause: { type: 'ticket-ended' } });
    // The sweeper is refused as well as long as that run is open.
    await sweep();
    expect((await operation(late)).state).toBe('requested');
    gates[1]!.resolve();
    expect(await commented).toMatchObject({ applied: false, reason: { code: 'ticket-ended' } });
    expect(await stage.closes(ticketId)).toBe('COMPLETED');

    await sweep();
    await handled(late);
    expect(await operation(late)).toMatchObject({ state: 'refused', result: { reason: { code: 'ticket-ended' } } });
    expect(await stage.closes(ticketId)).toBe('COMPLETED');
    expect((await stage.ledger.ticket(ticketId)).state).toBe('withdrawn');
  });
});

async function updatesOf(ticketId: string): Promise<number> {
  const events = await stage.events(ticketWorkflowId(ticketId));
  return events.filter((type) => type === 'workflowExecutionUpdateAcceptedEventAttributes').length;
}
