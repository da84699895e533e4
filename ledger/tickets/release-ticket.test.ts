import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { getTask } from '#db/tasks/tasks.ts';
import { taskDurable } from '#ledger/tasks/task.durable.ts';
import { applyTaskOperation } from '#ledger/tasks/task-operation.ts';
import { advanceTask } from '#ledger/tasks/advance-task.ts';
import { kindsOn } from '#ledger/rooms.ts';
import { createTestDatabase, type TestDatabase } from '#tests/support/database.ts';
import {
  createTicketLedger,
  type OpenOptions,
  type Place,
  type TicketLedger,
} from '#tests/support/ticket-workflow-ledger.ts';
import { advanceTicket } from './advance-ticket.ts';
import { applyTicketOperation } from './apply-operation.ts';
import { releaseTicket } from './release-ticket.ts';
import { installLedgerClock, setLedgerClock } from '#tests/support/ledger-clock.ts';
import { because } from '#domain/reasons.ts';

let database: TestDatabase;
let ledger: TicketLedger;
let used = 0;

beforeAll(async () => {
  database = await createTestDatabase();
  await installLedgerClock(database.db);
  ledger = await createTicketLedger(database.db, { places: 30 });
});
afterAll(() => database.remove());

const later = (ms: number) => new Date(Date.now() + ms);
const hour = 3_600_000;

async function release(ticketId: string, at = new Date()) {
  await setLedgerClock(database.db, at);
  return releaseTicket(database.db, kindsOn, { ticketId });
}

async function advance(ticketId: string, at = new Date()) {
  await setLedgerClock(database.db, at);
  return advanceTicket(database.db, kindsOn, { ticketId });
}

async function open(policy: object = {}, options: OpenOptions = {}) {
  await setLedgerClock(database.db, new Date());
  const place = ledger.places[used++] as Place;
  const [bob = '', cid = ''] = place.people;
  const steps = [{ approvers: [{ type: 'user', userId: bob }] }];
  const kind = options.kind ?? 'task.run';
  const asks = (userId: string) => [{ approvers: [{ type: 'user', userId }] }];
  await ledger.setPolicy(place, { mode: 'ticket', steps, ...policy }, kind);
  const { ticketId, subjectId } = await ledger.open(place, options);
  return { place, bob, cid, asks, ticketId, subjectId };
}

async function act(ticketId: string, action: Parameters<TicketLedger['request']>[1], who: string, ask = {}) {
  const operationId = await ledger.request(ticketId, action, who, ask);
  return applyTicketOperation(database.db, kindsOn, { ticketId, operationId });
}

const told = async (ticketId: string) =>
  (
    await sql<{ kind: string }>`select kind from notification n join announcement a on a.id = n.announcement_id
      where subject_id = ${ticketId}`.execute(database.db)
  ).rows.map((row) => row.kind);

describe('releaseTicket', () => {
  it('lets the task go, once, and the ticket ends with its result', async () => {
    const { bob, ticketId, subjectId } = await open();
    expect(await release(ticketId)).toMatchObject({ state: 'pending' });
    expect(await ledger.taskState(subjectId)).toBe('awaiting-approval');
    expect(await advanceTask(database.db, { taskId: subjectId, step: 1, leaseMs: 60_000 })).toMatchObject({
      state: 'awaiting-approval',
      ended: false,
      step: 0,
      ticketId,
    });
    expect((await act(ticketId, 'approve', bob)).standing).toMatchObject({ state: 'approved' });
    const answers = await Promise.all([release(ticketId), release(ticketId), release(ticketId)]);
    for (const answer of answers) {
      expect(answer).toMatchObject({
        state: 'applying',
        start: { workflowType: 'task', workflowId: `task/${subjectId}`, input: { taskId: subjectId } },
      });
    }
    expect(await ledger.taskState(subjectId)).toBe('submitted');
    expect((await ledger.timeline(ticketId)).filter((kind) => kind === 'applying')).toHaveLength(1);
    expect(await advance(ticketId)).toMatchObject({ state: 'applying' });
    await advanceTask(database.db, { taskId: subjectId, step: 1, leaseMs: 60_000 });
    await ledger.tasks.acknowledge(subjectId);
    await ledger.tasks.report(subjectId, () => 'succeeded');
    await advanceTask(database.db, { taskId: subjectId, step: 2, leaseMs: 60_000 });
    expect(await advance(ticketId)).toMatchObject({ state: 'done', ended: true });
    expect((await ledger.ticket(ticketId)).reason).toEqual(because('task-succeeded', { succeeded: 1, total: 1 }));
  });

  it('takes no operation on a task that waits or was refused, and never hands it out', async () => {
    const { ticketId, subjectId } = await open();
    const operate = async (action: 'pause' | 'kill' | 'retry-failed') => {
      const operationId = await ledger.tasks.request(subjectId, action);
      return applyTaskOperation(database.db, { taskId: subjectId, operationId });
    };
    for (const action of ['pause', 'kill', 'retry-failed'] as const) {
      expect(await operate(action)).toMatchObject({ applied: false, reason: { code: 'awaiting-approval' } });
    }
    const { requester_name: requester } = await database.db
      .selectFrom('ticket')
      .select('requester_name')
      .where('id', '=', ticketId)
      .executeTakeFirstOrThrow();
    expect((await act(ticketId, 'withdraw', requester)).standing).toMatchObject({ state: 'withdrawn' });
    expect(await operate('retry-failed')).toMatchObject({ applied: false, reason: { code: 'task-ended' } });
    expect(await advanceTask(database.db, { taskId: subjectId, step: 1, leaseMs: 60_000 })).toMatchObject({
      state: 'refused',
      ended: true,
      step: 0,
    });
    expect(await getTask(database.db, subjectId)).toMatchObject({
      state: 'refused',
      counts: { revoked: 1, pending: 0 },
    });
    const claimed = await taskDurable.claim(database.db, { newMs: 0, stalledMs: 0, dueMs: 5_000, limit: 1_000 });
    expect(claimed).not.toContain(subjectId);
  });

  const alterations: [string, (id: { ticketId: string; subjectId: string; other: Place }) => Promise<unknown>][] = [
    [
      'script',
      ({ subjectId }) =>
        sql`update task set payload = jsonb_set(payload, '{script}', '"rm -rf /"') where id = ${subjectId}::uuid`.execute(
          database.db,
        ),
    ],
    [
      'strategy',
      ({ subjectId }) =>
        sql`update task set strategy = '{"onError":"stop"}' where id = ${subjectId}::uuid`.execute(database.db),
    ],
    [
      'agent of a host',
      ({ subjectId, other }) =>
        sql`update host_run set agent_id = ${other.host.agentId}::uuid where task_id = ${subjectId}::uuid`.execute(
          database.db,
        ),
    ],
    [
      'hosts (one more)',
      ({ subjectId, other }) =>
        sql`insert into host_run (task_id, ord, host, machine_id, agent_id, state)
      values (${subjectId}::uuid, 99, ${other.host.host}, ${other.host.machineId}::uuid, ${other.host.agentId}::uuid, 'ready')`.execute(
          database.db,
        ),
    ],
    [
      'frozen target of a host',
      ({ subjectId, other }) =>
        sql`update task_target set machine_id = ${other.host.machineId}::uuid where task_id = ${subjectId}::uuid`.execute(
          database.db,
        ),
    ],
    [
      'approval that it takes',
      ({ ticketId }) =>
        sql`update change_version set flow = jsonb_set(flow, '{steps}', '[]') where ticket_id = ${ticketId}::uuid`.execute(
          database.db,
        ),
    ],
    [
      'kept content',
      ({ ticketId }) =>
        sql`update change_version set content = jsonb_set(content, '{payload,script}', '"true"') where ticket_id = ${ticketId}::uuid`.execute(
          database.db,
        ),
    ],
    [
      'hash of a decision',
      ({ ticketId }) =>
        sql`update ticket_decision set content_hash = 'x' where ticket_id = ${ticketId}::uuid`.execute(database.db),
    ],
    [
      'hash of the ticket',
      ({ ticketId }) => sql`update ticket set content_hash = 'x' where id = ${ticketId}::uuid`.execute(database.db),
    ],
    [
      'run time',
      ({ ticketId }) =>
        sql`update ticket set run_at = now() - interval '1 hour' where id = ${ticketId}::uuid`.execute(database.db),
    ],
  ];
  it.each(alterations)('never runs what was altered in the database: %s', async (_, alter) => {
    const { bob, ticketId, subjectId } = await open();
    await act(ticketId, 'approve', bob);
    await alter({ ticketId, subjectId, other: ledger.places.at(-1) as Place });
    expect(await release(ticketId)).toMatchObject({ state: 'failed', ended: true });
    expect((await ledger.ticket(ticketId)).reason?.code).toMatch(/^altered-/);
    expect(await ledger.timeline(ticketId)).toContain('content-altered');
    expect(await getTask(database.db, subjectId)).toMatchObject({ state: 'refused', counts: { pending: 0 } });
    expect(await told(ticketId)).toContain('ticket.ended');
    const audit = await sql`select from audit where target = ${ticketId} and action = 'ticket.content-altered'`.execute(
      database.db,
    );
    expect(audit.rows).toHaveLength(1);
  });

  it('asks again for a machine that enrolled anew, and runs on its present agent once that is approved', async () => {
    const { place, bob, ticketId, subjectId } = await open();
    await act(ticketId, 'approve', bob);
    const agentId = randomUUID();
    await sql`update agent set revoked_at = now() where id = ${place.host.agentId}::uuid`.execute(database.db);
    await sql`insert into agent (id, machine_id, name, serial, public_key_sha256, certificate_expires_at)
      values (${agentId}::uuid, ${place.host.machineId}::uuid, ${place.host.host}, 's', 'k', now() + interval '1 day')`.execute(
      database.db,
    );
    const before = await ledger.ticket(ticketId);
    expect(await release(ticketId)).toMatchObject({ state: 'pending', version: 2, stepsPassed: 0 });
    expect((await ledger.ticket(ticketId)).contentHash).not.toBe(before.contentHash);
    expect(await ledger.timeline(ticketId)).toContain('asked-again');
    expect(await ledger.taskState(subjectId)).toBe('awaiting-approval');
    await act(ticketId, 'approve', bob);
    expect(await release(ticketId)).toMatchObject({ state: 'applying' });
    const runs = await sql<{
      agent_id: string;
    }>`select agent_id from host_run where task_id = ${subjectId}::uuid`.execute(database.db);
    expect(runs.rows).toEqual([{ agent_id: agentId }]);
  });

  it('asks again for a machine that was bound to another node', async () => {
    const { place, bob, ticketId } = await open();
    await act(ticketId, 'approve', bob);
    await sql`insert into node_machine (node_id, machine_id, bound_by)
      values (${ledger.places.at(-1)?.nodeId}::bigint, ${place.host.machineId}::uuid, 'x')`.execute(database.db);
    expect(await release(ticketId)).toMatchObject({ state: 'pending', version: 2 });
  });

  it('fails where policy forbids it by now, asks again where it is stricter, goes on where it is direct', async () => {
    const one = await open();
    await act(one.ticketId, 'approve', one.bob);
    await ledger.setPolicy(one.place, { mode: 'forbidden' });
    expect(await release(one.ticketId)).toMatchObject({ state: 'failed' });
    expect(await ledger.taskState(one.subjectId)).toBe('refused');

    const two = await open();
    await act(two.ticketId, 'approve', two.bob);
    await ledger.setPolicy(two.place, { mode: 'ticket', steps: [...two.asks(two.bob), ...two.asks(two.cid)] });
    expect(await release(two.ticketId)).toMatchObject({ state: 'pending', version: 2, steps: 2, stepsPassed: 0 });

    const three = await open();
    await act(three.ticketId, 'approve', three.bob);
    await ledger.setPolicy(three.place, { mode: 'direct' });
    expect(await release(three.ticketId)).toMatchObject({ state: 'applying', version: 1 });
  });

  it('asks again where an approver was disabled in between', async () => {
    const { bob, ticketId, subjectId } = await open();
    await act(ticketId, 'approve', bob);
    await sql`update "user" set disabled = true where id = ${bob}`.execute(database.db);
    expect(await release(ticketId)).toMatchObject({ state: 'pending', version: 1, stepsPassed: 0 });
    expect(await ledger.timeline(ticketId)).toContain('asked-again');
    expect(await ledger.taskState(subjectId)).toBe('awaiting-approval');
  });
});

describe('advanceTicket', () => {
  it('a time-out is never silent (open-c3#841): refuse, escalate and pass leave a line and tell people', async () => {
    const refused = await open({ onTimeout: 'refuse', timeoutMs: hour, remindAfterMs: hour / 2 });
    expect(await advance(refused.ticketId, later(hour / 2 + 1_000))).toMatchObject({ state: 'pending' });
    expect(await told(refused.ticketId)).toContain('ticket.reminder');
    expect(await advance(refused.ticketId, later(hour + 1_000))).toMatchObject({ state: 'expired', ended: true });
    expect(await ledger.timeline(refused.ticketId)).toEqual(expect.arrayContaining(['reminded', 'timed-out', 'ended']));
    expect((await told(refused.ticketId)).filter((kind) => kind === 'ticket.ended')).toHaveLength(2);
    expect(await ledger.taskState(refused.subjectId)).toBe('refused');

    const place = ledger.places[used] as Place;
    const escalateTo = [{ type: 'user', userId: place.people[1] }];
    const escalated = await open({ onTimeout: 'escalate', timeoutMs: hour, escalateTo });
    expect(await advance(escalated.ticketId, later(hour + 1_000))).toMatchObject({ state: 'pending' });
    expect(await ledger.timeline(escalated.ticketId)).toEqual(expect.arrayContaining(['timed-out', 'escalated']));
    expect(await told(escalated.ticketId)).toContain('ticket.escalated');
    expect((await act(escalated.ticketId, 'approve', escalated.cid)).standing).toMatchObject({ state: 'approved' });
    expect(await release(escalated.ticketId)).toMatchObject({ state: 'applying' });

    const passed = await open({ onTimeout: 'pass', timeoutMs: hour });
    expect(await advance(passed.ticketId, later(hour + 1_000))).toMatchObject({ state: 'approved', stepsPassed: 1 });
    expect(await ledger.timeline(passed.ticketId)).toEqual(expect.arrayContaining(['timed-out', 'passed-by-timeout']));
    expect(await told(passed.ticketId)).toContain('ticket.timed-out');
    expect(await release(passed.ticketId)).toMatchObject({ state: 'applying' });
  });

  it('refuses at the second time-out, and where there is nobody to escalate to', async () => {
    const alone = await open({ onTimeout: 'escalate', timeoutMs: hour });
    expect(await advance(alone.ticketId, later(hour + 1_000))).toMatchObject({ state: 'expired' });
    const escalateTo = [{ type: 'role', role: 'admin' }];
    const twice = await open({ onTimeout: 'escalate', timeoutMs: hour, escalateTo });
    await advance(twice.ticketId, later(hour + 1_000));
    expect(await advance(twice.ticketId, later(2 * hour))).toMatchObject({ state: 'pending' });
    expect(await advance(twice.ticketId, later(2 * hour + 2_000))).toMatchObject({ state: 'expired' });
  });

  it('calls a scheduled ticket up at its time, and expires it after its window', async () => {
    const one = await open({}, { runAt: later(hour), expiresAt: later(2 * hour) });
    expect((await act(one.ticketId, 'approve', one.bob)).standing).toMatchObject({ state: 'scheduled' });
    expect(await release(one.ticketId)).toMatchObject({ state: 'scheduled' });
    expect(await advance(one.ticketId, later(hour + 1_000))).toMatchObject({ state: 'approved' });
    expect(await release(one.ticketId, later(hour + 2_000))).toMatchObject({ state: 'applying' });
    const two = await open({}, { runAt: later(hour) });
    await act(two.ticketId, 'approve', two.bob);
    expect(await advance(two.ticketId, later(2 * hour + 1_000))).toMatchObject({ state: 'expired' });
    expect(await ledger.taskState(two.subjectId)).toBe('refused');
  });

  it('carries a manual step through its life', async () => {
    const { place, bob, ticketId } = await open({}, { kind: 'manual.step' });
    await act(ticketId, 'approve', bob);
    const standing = await release(ticketId);
    expect(standing).toMatchObject({ state: 'applying' });
    expect(standing.start).toBeUndefined();
    expect(await advance(ticketId)).toMatchObject({ state: 'applying' });
    const ask = { message: 'all well', details: { outcome: 'done' } };
    expect((await act(ticketId, 'complete', place.requester, ask)).standing).toMatchObject({
      state: 'done',
      ended: true,
    });
    expect((await ledger.ticket(ticketId)).reason).toMatchObject({
      code: 'done-by-with-note',
      params: { note: 'all well' },
    });
  });
});
