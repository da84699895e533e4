import { v7 as uuidv7 } from 'uuid';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { setPolicy } from '#ledger/changes/set-policy.ts';
import { submitTask } from '#ledger/tasks/submit-task.ts';
import { kindsOn } from '#ledger/rooms.ts';
import { type Policy, policySchema } from '#domain/changes/policy.ts';
import { runWindowOf } from '#domain/changes/run-window.ts';
import type { TaskRunProposal } from '#domain/tasks/task-run.kind.ts';
import { taskPayloadSchema } from '#domain/tasks/task.ts';
import { createTestDatabase, type TestDatabase } from '#tests/support/database.ts';
import { createTaskLedger, type TaskLedger } from '#tests/support/task-ledger.ts';
import { createTicketStage, plainStep, type TicketStage, users } from '#tests/support/ticket-stage.ts';
import { openTicket } from './open-ticket.ts';
import { transact } from '#ledger/kernel/transact.ts';
import { inEnglish } from '#words/english.ts';
import { because } from '#domain/reasons.ts';

let database: TestDatabase;
let stage: TicketStage;
let ledger: TaskLedger;

beforeAll(async () => {
  database = await createTestDatabase({ max: 8 });
  stage = await createTicketStage(database.db);
  ledger = await createTaskLedger(database.db, 3);
});
afterAll(() => database.remove());
afterEach(() => database.db.deleteFrom('change_policy').execute());

const strategy = { onError: 'stop' } as const;
const requester = { id: 'u1', name: 'alice' };

/** A task that waits for two of bob, cid and dan. */
async function askForTask(): Promise<{ id: string; taskId: string; hash: string }> {
  const [id, taskId] = [uuidv7(), uuidv7()];
  const flow = {
    steps: [{ ...plainStep, approvers: users('bob', 'cid', 'dan'), need: 2 }],
    fourEyes: true,
    policyVersion: 'p1',
  };
  const payload = taskPayloadSchema.parse({ script: 'echo one' });
  const task = { id: taskId, title: 'One', payload, strategy, requester, nodes: [], hosts: ledger.hosts, ticketId: id };
  const { contentHash } = await transact(database.db, async (tx) => {
    await submitTask(tx, task);
    const ticket = { id, kind: 'task.run' as const, title: 'One', requester, subjectId: taskId, nodes: [], flow };
    return openTicket(tx, kindsOn(tx), { ...ticket, now: new Date() });
  });
  return { id, taskId, hash: contentHash };
}

const other = (runAt?: Date) => {
  const window = runWindowOf({ runAt: runAt?.toISOString() }, new Date());
  const payload: TaskRunProposal = {
    title: 'Two',
    payload: taskPayloadSchema.parse({ script: 'echo two' }),
    strategy,
    target: { hosts: ledger.hosts.slice(0, 1).map(({ host }) => host) },
  };
  return {
    payload,
    runAt: window.runAt?.toISOString() ?? null,
    expiresAt: window.expiresAt?.toISOString() ?? null,
  };
};

function policy(given: Partial<Policy>): Promise<unknown> {
  const whole = policySchema.parse({ mode: 'ticket', ...given });
  return transact(database.db, (tx) => setPolicy(tx, { kind: 'task.run', nodeId: null }, whole, 'root'));
}

const ticketRow = (id: string) =>
  database.db.selectFrom('ticket').selectAll().where('id', '=', id).executeTakeFirstOrThrow();

describe('resubmit', () => {
  it('puts other content in place of the first, for which everybody decides anew', async () => {
    const { id, taskId, hash } = await askForTask();
    await stage.act(id, 'approve', 'bob');
    await policy({ steps: [{ approvers: users('cid'), need: 'any' }] });
    const { applied, standing } = await stage.act(id, 'resubmit', 'u1', { details: other(), message: 'smaller' });
    expect(applied).toBe(true);
    expect(standing).toMatchObject({ state: 'pending', version: 2, stepsPassed: 0, title: 'Two' });
    expect(inEnglish(standing.waitsFor)).toBe('step 1 of 1: 0 of 1 approvals, waiting for cid');
    const ticket = await ticketRow(id);
    expect(ticket.content_hash).not.toBe(hash);
    const task = await database.db.selectFrom('task').selectAll().where('id', '=', taskId).executeTakeFirstOrThrow();
    expect(task).toMatchObject({ state: 'awaiting-approval', title: 'Two', payload: { script: 'echo two' } });
    expect(task.counts.total).toBe(1);
    expect(
      await database.db.selectFrom('ticket_decision').select('voided').where('ticket_id', '=', id).execute(),
    ).toEqual([{ voided: [because('resubmitted')] }]);
    // Who saw the first version does not approve the second.
    expect(await stage.act(id, 'approve', 'cid', { contentHash: hash })).toMatchObject({
      reason: { code: 'stale-content' },
    });
    expect(await stage.act(id, 'approve', 'cid', { version: 1 })).toMatchObject({ reason: { code: 'stale-content' } });
    expect(await stage.act(id, 'approve', 'bob')).toMatchObject({ reason: { code: 'not-an-approver' } });
    expect((await stage.act(id, 'approve', 'cid')).standing).toMatchObject({ state: 'approved', version: 2 });
    expect(await stage.story(id)).toEqual([
      ...['opened alice', 'step-began', 'approved bob', 'resubmitted u1', 'step-began', 'approved cid', 'step-passed'],
    ]);
  });

  it('takes the run time of the new content, and is possible while that is awaited', async () => {
    const { id } = await askForTask();
    const runAt = new Date(Date.now() + 7_200_000);
    await policy({ steps: [{ approvers: users('cid'), need: 'any' }] });
    await stage.act(id, 'resubmit', 'u1', { details: other(runAt) });
    expect((await stage.act(id, 'approve', 'cid')).standing).toMatchObject({ state: 'scheduled' });
    expect(await ticketRow(id)).toMatchObject({ run_at: runAt, expires_at: new Date(runAt.getTime() + 3_600_000) });
    expect((await stage.act(id, 'resubmit', 'u1', { details: other() })).standing).toMatchObject({
      state: 'pending',
      version: 3,
    });
    expect(await ticketRow(id)).toMatchObject({ run_at: null, expires_at: null });
  });

  it('is refused where policy forbids it, and changes nothing', async () => {
    const { id, taskId } = await askForTask();
    await policy({ mode: 'forbidden' });
    const before = await stage.snapshot(id);
    const { machineId } = ledger.hosts[0]!;
    expect(
      (await stage.check(id, 'resubmit', 'u1', { touches: { machineIds: [machineId], nodeIds: [] } })).fault,
    ).toMatchObject({ code: 'change-forbidden' });
    expect(await stage.act(id, 'resubmit', 'u1', { details: other() })).toMatchObject({
      reason: { code: 'change-forbidden' },
    });
    expect(await stage.snapshot(id)).toBe(before);
    const task = await database.db
      .selectFrom('task')
      .select('title')
      .where('id', '=', taskId)
      .executeTakeFirstOrThrow();
    expect(task.title).toBe('One');
  });

  it('is refused where the requester lost the right to ask for it meanwhile, and changes nothing', async () => {
    const { id } = await askForTask();
    const operationId = await stage.request(id, 'resubmit', 'u1', { details: other() });
    await database.db.updateTable('user').set({ role: 'viewer' }).where('id', '=', 'u1').execute();
    expect(await stage.apply(id, operationId)).toMatchObject({ applied: false, reason: { code: 'no-permission' } });
    await database.db.updateTable('user').set({ role: 'ops' }).where('id', '=', 'u1').execute();
    expect(await ticketRow(id)).toMatchObject({ version: 1, title: 'One' });
  });

  it('at the same moment as the last approval: never approves what nobody saw', async () => {
    await policy({ steps: [{ approvers: users('bob', 'cid'), need: 2 }] });
    for (let round = 0; round < 8; round++) {
      const { id } = await askForTask();
      await stage.act(id, 'approve', 'bob');
      const approve = await stage.request(id, 'approve', 'cid');
      const resubmit = await stage.request(id, 'resubmit', 'u1', { details: other() });
      const both = [() => stage.apply(id, approve), () => stage.apply(id, resubmit)];
      await Promise.all((round % 2 === 0 ? both : both.reverse()).map((one) => one()));
      expect(await ticketRow(id)).toMatchObject({ state: 'pending', version: 2, step: 0 });
      const { standing } = await stage.act(id, 'comment', 'bob', { message: 'again?' });
      expect(inEnglish(standing.waitsFor)).toMatch(/^step 1 of 1: 0 of 2/);
    }
  });
});
