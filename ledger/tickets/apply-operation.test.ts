import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ReasonCode } from '#domain/names.ts';
import { because } from '#domain/reasons.ts';
import type { TicketAction } from '#domain/tickets/ticket.ts';
import { findRequestedOperations } from '#ledger/kernel/operations.ts';
import { createTestDatabase, type TestDatabase } from '#tests/support/database.ts';
import { type Asked, createTicketStage, type TicketStage, users } from '#tests/support/ticket-stage.ts';
import { endTicket } from './end-ticket.ts';
import { getTicketOperation } from './ticket-operation.ts';
import { kindsOn } from '#ledger/rooms.ts';
import { transact } from '#ledger/kernel/transact.ts';
import { inEnglish } from '#words/english.ts';

let database: TestDatabase;
let stage: TicketStage;

beforeAll(async () => {
  database = await createTestDatabase({ max: 12 });
  stage = await createTicketStage(database.db);
});
afterAll(() => database.remove());

const later = () => new Date(Date.now() + 3_600_000);
const setState = (ticketId: string, state: string) =>
  sql`update ticket set state = ${state} where id = ${ticketId}::uuid`.execute(database.db);
const letGo = async (ticketId: string) => {
  await setState(ticketId, 'applying');
  await sql`update manual_step set state = 'open'
    where id = (select subject_id from ticket where id = ${ticketId}::uuid)`.execute(database.db);
};
const decisions = (ticketId: string) =>
  database.db
    .selectFrom('ticket_decision')
    .select(['step', 'verdict', 'actor_id as actor', 'early', 'voided as voided'])
    .where('ticket_id', '=', ticketId)
    .orderBy('at')
    .execute();
const waiting = async (ticketId: string) => {
  const rows = await database.db
    .selectFrom('ticket_waiting')
    .select('principal')
    .where('ticket_id', '=', ticketId)
    .orderBy('principal')
    .execute();
  return rows.map(({ principal }) => principal);
};

describe('a flow', () => {
  it('asks one step after the other, of any, all or that many', async () => {
    const id = await stage.open({
      steps: [
        { approvers: users('bob', 'cid') },
        { approvers: users('bob', 'cid', 'dan'), need: 2 },
        { approvers: [{ type: 'role', role: 'viewer' }], need: 'all' },
      ],
    });
    const { standing } = await stage.act(id, 'approve', 'bob');
    expect(standing).toMatchObject({ state: 'pending', stepsPassed: 1, steps: 3, ended: false });
    expect(inEnglish(standing.waitsFor)).toBe('step 2 of 3: 0 of 2 approvals, waiting for any of bob, cid, dan');
    expect(inEnglish((await stage.act(id, 'approve', 'bob')).standing.waitsFor)).toMatch(/^step 2 of 3: 1 of 2/);
    expect(inEnglish((await stage.act(id, 'approve', 'dan')).standing.waitsFor)).toBe(
      // `off` is a viewer too, but disabled.
      'step 3 of 3: 0 of 2 approvals, waiting for cid, dan',
    );
    expect(await waiting(id)).toEqual(['role:viewer']);
    expect((await stage.act(id, 'approve', 'cid')).standing.state).toBe('pending');
    expect((await stage.act(id, 'approve', 'dan')).standing).toMatchObject({ state: 'approved', stepsPassed: 3 });
    expect(await waiting(id)).toEqual([]);
    expect(await stage.story(id)).toEqual([
      'step-began',
      ...['approved bob', 'step-passed', 'step-began'],
      ...['approved bob', 'approved dan', 'step-passed', 'step-began'],
      ...['approved cid', 'approved dan', 'step-passed'],
    ]);
  });

  it('awaits its run time once approved, and can be rejected or withdrawn meanwhile', async () => {
    for (const [action, by, state] of [
      ['reject', 'bob', 'rejected'],
      ['withdraw', 'ann', 'withdrawn'],
    ] as const) {
      const id = await stage.open({ runAt: later() });
      expect((await stage.act(id, 'approve', 'bob')).standing).toMatchObject({ state: 'scheduled', ended: false });
      expect(await stage.act(id, 'approve', 'bob')).toMatchObject({ applied: false, reason: { code: 'not-pending' } });
      expect(await stage.act(id, action, by, { message: 'no' })).toMatchObject({ applied: true, standing: { state } });
      expect((await decisions(id))[0]?.voided).toEqual(action === 'reject' ? [because('rejected-afterwards')] : null);
    }
  });

  it('without steps is approved at once', async () => {
    const id = await stage.open({ steps: [] });
    expect((await stage.act(id, 'comment', 'ann', { message: 'hm' })).standing).toMatchObject({ state: 'approved' });
  });

  it('ends with the first rejection, also of a later step, and the subject is refused', async () => {
    const id = await stage.open({ steps: [{ approvers: users('bob') }, { approvers: users('cid') }] });
    const { standing } = await stage.act(id, 'reject', 'cid', { message: 'not today' });
    expect(standing).toMatchObject({
      state: 'rejected',
      ended: true,
      waitsFor: because('rejected', { by: 'cid', message: 'not today' }),
    });
    expect(await waiting(id)).toEqual([]);
    const step = await sql<{ state: string }>`select m.state from manual_step m join ticket t on t.subject_id = m.id
      where t.id = ${id}::uuid`.execute(database.db);
    expect(step.rows[0]?.state).toBe('refused');
  });

  it('keeps decisions for later steps and uses each once', async () => {
    const id = await stage.open({
      steps: [{ approvers: users('bob') }, { approvers: users('cid', 'dan'), need: 2 }, { approvers: users('cid') }],
    });
    expect((await stage.act(id, 'approve', 'cid')).standing).toMatchObject({ stepsPassed: 0 });
    expect((await stage.act(id, 'approve', 'dan', { step: 1 })).applied).toBe(true);
    expect((await stage.act(id, 'approve', 'bob')).standing).toMatchObject({ state: 'pending', stepsPassed: 2 });
    expect(await decisions(id)).toMatchObject([
      { step: 1, actor: 'cid', early: true },
      { step: 1, actor: 'dan', early: true },
      { step: 0, actor: 'bob', early: false },
    ]);
    // Nobody was asked for what was decided already.
    const told = await sql<{ user_id: string }>`select user_id from notification n
      join announcement a on a.id = n.announcement_id
      where subject_id = ${id} and kind = 'ticket.decision-needed' order by n.id`.execute(database.db);
    expect(told.rows.map((row) => row.user_id)).toEqual(['bob', 'cid']);
    expect((await stage.act(id, 'approve', 'cid')).standing).toMatchObject({ state: 'approved' });
  });

  it('does not count who is disabled by then, and says when nobody is left', async () => {
    const id = await stage.open({ steps: [{ approvers: users('bob') }, { approvers: users('eve', 'off') }] });
    await stage.act(id, 'approve', 'eve');
    await sql`update "user" set disabled = true where id = 'eve'`.execute(database.db);
    try {
      const { standing } = await stage.act(id, 'approve', 'bob');
      expect(standing).toMatchObject({ state: 'pending', stepsPassed: 1 });
      expect(inEnglish(standing.waitsFor)).toMatch(/^nobody can approve this step: /);
      expect(await stage.act(id, 'approve', 'off')).toMatchObject({ reason: { code: 'not-an-approver' } });
    } finally {
      await sql`update "user" set disabled = false where id = 'eve'`.execute(database.db);
    }
  });
});

describe('people', () => {
  it('hand their part on, and no longer have it', async () => {
    const id = await stage.open();
    expect((await stage.act(id, 'transfer', 'bob', { userId: 'dan' })).applied).toBe(true);
    expect(await waiting(id)).toEqual(['user:dan']);
    expect(await stage.act(id, 'approve', 'bob')).toMatchObject({ reason: { code: 'not-an-approver' } });
    expect((await stage.act(id, 'transfer', 'dan', { userId: 'bob' })).applied).toBe(true);
    expect(await stage.act(id, 'approve', 'dan')).toMatchObject({ reason: { code: 'not-an-approver' } });
    expect((await stage.act(id, 'approve', 'bob')).standing.state).toBe('approved');
  });

  it('hand it on past the policy to nobody, unless the policy lets them', async () => {
    const steps = [{ approvers: users('bob'), escalateTo: users('dan'), delegates: 'meant' as const }];
    const id = await stage.open({ steps });
    for (const action of ['transfer', 'add-approver'] as const) {
      expect(await stage.act(id, action, 'bob', { userId: 'eve' })).toMatchObject({
        applied: false,
        reason: { code: 'not-to-be-handed-to', params: { user: 'eve' } },
      });
    }
    expect(await waiting(id)).toEqual(['user:bob']);
    expect((await stage.act(id, 'add-approver', 'root', { userId: 'eve' })).applied).toBe(true);
    expect((await stage.act(id, 'transfer', 'bob', { userId: 'dan' })).applied).toBe(true);
    expect(await waiting(id)).toEqual(['user:dan', 'user:eve']);
    // Whom the step means may have it back.
    expect((await stage.act(id, 'transfer', 'dan', { userId: 'bob' })).applied).toBe(true);
  });

  it('are added by an approver or an administrator, for the current step', async () => {
    const steps = [{ approvers: users('bob'), need: 2 }, { approvers: users('bob') }];
    const id = await stage.open({ steps });
    expect(inEnglish((await stage.act(id, 'add-approver', 'root', { userId: 'dan' })).standing.waitsFor)).toBe(
      'step 1 of 2: 0 of 2 approvals, waiting for bob, dan',
    );
    expect((await stage.act(id, 'add-approver', 'bob', { userId: 'eve' })).applied).toBe(true);
    expect(await waiting(id)).toEqual(['user:bob', 'user:dan', 'user:eve']);
    await stage.act(id, 'approve', 'dan');
    expect((await stage.act(id, 'approve', 'eve')).standing).toMatchObject({ stepsPassed: 1 });
    expect(await stage.act(id, 'approve', 'eve')).toMatchObject({ reason: { code: 'already-decided' } });
    expect(await waiting(id)).toEqual(['user:bob']);
  });

  it('are owners of the nodes concerned, by a grant there or above, as it is now', async () => {
    const node = async (parent: string | null, name: string) => {
      const { rows } = await sql<{ id: string; path: string }>`with next as (select nextval('node_id_seq') as id)
        insert into node (id, parent_id, name, name_key, path) overriding system value
        select id, ${parent}::bigint, ${name}, ${name}, (coalesce((select path::text || '.' from node where id = ${parent}::bigint), '') || id)::ltree
        from next returning id, path::text`.execute(database.db);
      return rows[0]!.id;
    };
    const top = await node(null, 'top');
    const below = await node(top, 'below');
    const beside = await node(top, 'beside');
    const grant = (id: string, user: string, role: string) =>
      sql`insert into node_grant (node_id, user_id, role, granted_by) values (${id}::bigint, ${user}, ${role}, 'root')`.execute(
        database.db,
      );
    await grant(top, 'cid', 'ops-owner');
    await grant(beside, 'dan', 'ops-owner');
    await grant(below, 'eve', 'dev-owner');
    const id = await stage.open({ steps: [{ approvers: [{ type: 'owners' }], nodeIds: [below] }] });
    expect(await waiting(id)).toEqual([`owner:${top}`, `owner:${below}`].sort());
    for (const who of ['dan', 'eve']) {
      expect(await stage.act(id, 'approve', who)).toMatchObject({ reason: { code: 'not-an-approver' } });
    }
    const operation = await stage.request(id, 'approve', 'cid');
    await sql`delete from node_grant where user_id = 'cid'`.execute(database.db);
    expect(await stage.apply(id, operation)).toMatchObject({ applied: false, reason: { code: 'not-an-approver' } });
    await grant(below, 'cid', 'ops-owner');
    expect((await stage.act(id, 'approve', 'cid')).standing.state).toBe('approved');
  });

  it('are also those it was escalated to', async () => {
    const id = await stage.open({ steps: [{ approvers: users('bob'), escalateTo: users('eve') }] });
    expect(await stage.act(id, 'approve', 'eve')).toMatchObject({ reason: { code: 'not-an-approver' } });
    await sql`update ticket set escalated = true where id = ${id}::uuid`.execute(database.db);
    expect((await stage.act(id, 'approve', 'eve')).standing.state).toBe('approved');
  });

  it('approve for themselves only where policy does not ask for four eyes', async () => {
    const steps = [{ approvers: users('ann', 'bob') }];
    expect(await stage.act(await stage.open({ steps }), 'approve', 'ann')).toMatchObject({
      reason: { code: 'self-approval' },
    });
    const alone = await stage.open({ steps, fourEyes: false });
    expect((await stage.act(alone, 'approve', 'ann')).standing.state).toBe('approved');
    // A role that the requester has does not make them an approver, nor count them for `all`.
    const all = await stage.open({ steps: [{ approvers: [{ type: 'role', role: 'ops' }], need: 'all' }] });
    expect((await stage.act(all, 'approve', 'bob')).standing.state).toBe('approved');
  });
});

describe('refusals', () => {
  const flow = { steps: [{ approvers: users('bob', 'cid'), need: 2 }, { approvers: users('dan') }] };
  const prepared: Record<string, (id: string) => Promise<unknown>> = {
    pending: () => Promise.resolve(),
    decided: (id) => stage.act(id, 'approve', 'bob'),
    ended: (id) => stage.act(id, 'withdraw', 'ann'),
    approved: (id) => setState(id, 'approved'),
    scheduled: (id) => setState(id, 'scheduled'),
    applying: letGo,
  };
  const cases: [ReasonCode, keyof typeof prepared, TicketAction, string, Asked?][] = [
    ['self-approval', 'pending', 'approve', 'ann'],
    ['self-approval', 'pending', 'reject', 'ann'],
    ['not-an-approver', 'pending', 'approve', 'eve'],
    ['not-an-approver', 'pending', 'approve', 'root'],
    ['not-an-approver', 'pending', 'reject', 'eve'],
    ['not-an-approver', 'pending', 'approve', 'dan', { step: 0 }],
    ['no-such-step', 'pending', 'approve', 'bob', { step: 2 }],
    ['already-decided', 'decided', 'approve', 'bob'],
    ['already-decided', 'decided', 'approve', 'bob', { step: 0 }],
    ['already-decided', 'decided', 'reject', 'bob'],
    ['already-decided', 'decided', 'transfer', 'bob', { userId: 'eve' }],
    ['stale-content', 'pending', 'approve', 'bob', { contentHash: 'other' }],
    ['stale-content', 'pending', 'reject', 'bob', { contentHash: 'other' }],
    ['stale-content', 'pending', 'approve', 'bob', { version: 2 }],
    ['requester-or-admin-only', 'pending', 'withdraw', 'bob'],
    ['not-the-requester', 'pending', 'resubmit', 'root', { details: { hosts: [] } }],
    ['not-an-approver', 'pending', 'transfer', 'dan', { userId: 'eve' }],
    ['not-an-approver', 'pending', 'transfer', 'root', { userId: 'eve' }],
    ['no-such-user', 'pending', 'transfer', 'bob', { userId: 'nobody' }],
    ['no-such-user', 'pending', 'transfer', 'bob', { userId: 'off' }],
    ['no-such-user', 'pending', 'add-approver', 'bob'],
    ['self-approval', 'pending', 'transfer', 'bob', { userId: 'ann' }],
    ['self-approval', 'pending', 'add-approver', 'root', { userId: 'ann' }],
    ['already-an-approver', 'pending', 'transfer', 'bob', { userId: 'cid' }],
    ['already-an-approver', 'pending', 'add-approver', 'bob', { userId: 'bob' }],
    ['not-an-approver', 'pending', 'add-approver', 'ann', { userId: 'eve' }],
    ['nothing-to-complete', 'pending', 'complete', 'ann', { details: { outcome: 'done' } }],
    ['not-pending', 'approved', 'approve', 'bob'],
    ['not-pending', 'approved', 'reject', 'bob'],
    ['not-pending', 'scheduled', 'approve', 'bob'],
    ['not-pending', 'scheduled', 'transfer', 'bob', { userId: 'eve' }],
    ['already-applying', 'applying', 'approve', 'bob'],
    ['already-applying', 'applying', 'reject', 'bob'],
    ['already-applying', 'applying', 'withdraw', 'ann'],
    ['already-applying', 'applying', 'transfer', 'bob', { userId: 'eve' }],
    ['already-applying', 'applying', 'resubmit', 'ann', { details: { hosts: [] } }],
    ['not-concerned', 'applying', 'complete', 'eve', { details: { outcome: 'done' } }],
    ['ticket-ended', 'ended', 'approve', 'bob'],
    ['ticket-ended', 'ended', 'reject', 'bob'],
    ['ticket-ended', 'ended', 'withdraw', 'ann'],
    ['ticket-ended', 'ended', 'comment', 'ann', { message: 'x' }],
    ['ticket-ended', 'ended', 'transfer', 'bob', { userId: 'eve' }],
    ['ticket-ended', 'ended', 'add-approver', 'root', { userId: 'eve' }],
    ['ticket-ended', 'ended', 'resubmit', 'ann', { details: { hosts: [] } }],
    ['ticket-ended', 'ended', 'complete', 'ann'],
  ];
  it.each(cases)('%s: %s, %s by %s %j', async (code, state, action, by, asked = {}) => {
    const id = await stage.open(flow);
    await prepared[state]?.(id);
    const before = await stage.snapshot(id);
    // The api's check says the same as what carries it out.
    expect((await stage.check(id, action, by, asked)).fault).toMatchObject({ code });
    const operationId = await stage.request(id, action, by, asked);
    const answer = await stage.apply(id, operationId);
    expect(answer).toMatchObject({ applied: false, reason: { code }, standing: { ticketId: id } });
    expect(await stage.snapshot(id)).toBe(before);
    expect(await getTicketOperation(database.db, operationId)).toMatchObject({
      state: 'refused',
      result: { reason: { code } },
    });
  });

  it('no-such-operation, for the ids of nothing and of another ticket', async () => {
    const [id, other] = [await stage.open(), await stage.open()];
    const operationId = await stage.request(other, 'approve', 'bob');
    for (const unknown of [operationId, randomUUID(), 'x']) {
      expect(await stage.apply(id, unknown)).toMatchObject({ applied: false, reason: { code: 'no-such-operation' } });
    }
    expect(await getTicketOperation(database.db, operationId)).toMatchObject({ state: 'requested' });
    await expect(stage.apply(randomUUID(), operationId)).rejects.toMatchObject({ type: 'not-found' });
    await expect(stage.check('x', 'approve', 'bob')).rejects.toMatchObject({ reason: { code: 'no-such-ticket' } });
  });

  it('of the unique index, should the rule ever miss a double decision', async () => {
    const id = await stage.open(flow);
    await stage.act(id, 'approve', 'bob');
    await expect(
      sql`insert into ticket_decision (id, ticket_id, version, step, verdict, content_hash, actor_id, actor_name)
        select gen_random_uuid(), ticket_id, version, step, 'approve', content_hash, actor_id, actor_name
        from ticket_decision where ticket_id = ${id}::uuid`.execute(database.db),
    ).rejects.toMatchObject({ code: '23505' });
  });
});

describe('complete', () => {
  it('tells how the step ended, by the requester or an approver, and ends the ticket with that', async () => {
    for (const [by, outcome, state] of [
      ['ann', 'done', 'done'],
      ['bob', 'failed', 'failed'],
    ] as const) {
      const id = await stage.open();
      await stage.act(id, 'approve', 'bob');
      await letGo(id);
      const operationId = await stage.request(id, 'complete', by, { details: { outcome }, message: 'as said' });
      expect((await stage.apply(id, operationId)).standing).toMatchObject({ state, ended: true });
      expect(await stage.story(id)).toEqual(expect.arrayContaining([`completed ${by}`]));
      expect(await stage.apply(id, operationId)).toMatchObject({ applied: true, standing: { state } });
    }
  });
});

describe('at the same moment', () => {
  it('a double click counts once, whether as one operation or as ten', async () => {
    const steps = [{ approvers: users('bob', 'cid'), need: 2 }];
    const id = await stage.open({ steps });
    const operationId = await stage.request(id, 'approve', 'bob');
    const same = await Promise.all(Array.from({ length: 10 }, () => stage.apply(id, operationId)));
    for (const answer of same) expect(answer).toMatchObject({ applied: true, standing: { state: 'pending' } });
    const other = await stage.open({ steps });
    const ten = await Promise.all(Array.from({ length: 10 }, () => stage.act(other, 'approve', 'bob')));
    expect(ten.filter((answer) => answer.applied)).toHaveLength(1);
    expect(new Set(ten.flatMap(({ reason }) => reason?.code ?? []))).toEqual(new Set(['already-decided']));
    for (const one of [id, other]) expect(await decisions(one)).toHaveLength(1);
  });

  it('twenty approvers for three: one outcome, three decisions, in the order of the story', async () => {
    const names = Array.from({ length: 20 }, (_, index) => `many-${index}`);
    for (const name of names) {
      await sql`insert into "user" (id, name, email) values (${name}, ${name}, ${`${name}@example.com`})`.execute(
        database.db,
      );
    }
    const approvers = names.map((userId) => ({ type: 'user' as const, userId }));
    const id = await stage.open({ steps: [{ approvers, need: 3 }] });
    const answers = await Promise.all(names.map((name) => stage.act(id, 'approve', name)));
    expect(answers.filter((answer) => answer.applied)).toHaveLength(3);
    expect(answers.filter((answer) => answer.reason?.code === 'not-pending')).toHaveLength(17);
    const made = await decisions(id);
    const story = await stage.story(id);
    expect(story).toEqual(['step-began', ...made.map(({ actor }) => `approved ${actor}`), 'step-passed']);
    expect(made).toHaveLength(3);
  });

  it.each([
    ['withdraw', 'ann', ['approved', 'withdrawn']],
    ['reject', 'cid', ['approved', 'rejected']],
  ] as const)('approval and %s: exactly one outcome', async (action, by, outcomes) => {
    for (let round = 0; round < 12; round++) {
      const id = await stage.open({ steps: [{ approvers: users('bob', 'cid') }] });
      const [approve, against] = await Promise.all([
        stage.request(id, 'approve', 'bob'),
        stage.request(id, action, by),
      ]);
      const both = [() => stage.apply(id, approve), () => stage.apply(id, against)];
      await Promise.all((round % 2 === 0 ? both : both.reverse()).map((one) => one()));
      const { standing } = await stage.act(id, 'comment', 'ann', { message: 'and?' });
      expect(outcomes).toContain(standing.state);
      const story = await stage.story(id);
      expect(story.filter((line) => line === 'ended')).toHaveLength(standing.ended ? 1 : 0);
      const operations = [
        await getTicketOperation(database.db, approve),
        await getTicketOperation(database.db, against),
      ];
      // A withdrawal after the approval still holds; nothing else may be applied twice.
      const applied = operations.filter((it) => it?.state === 'applied').map((it) => it?.action);
      if (standing.state === 'rejected') expect(applied).toEqual(['reject']);
      if (standing.state === 'approved') expect(applied).toEqual(['approve']);
      if (standing.state === 'withdrawn') expect(applied).toContain('withdraw');
    }
  });

  it('approval and time-out: exactly one outcome', async () => {
    for (let round = 0; round < 12; round++) {
      const id = await stage.open();
      const approve = await stage.request(id, 'approve', 'bob');
      const timeOut = () =>
        transact(database.db, async (tx) => {
          const row = await tx
            .selectFrom('ticket')
            .select('state')
            .where('id', '=', id)
            .forNoKeyUpdate()
            .executeTakeFirst();
          if (row?.state !== 'pending') return false;
          await endTicket(tx, kindsOn(tx), id, {
            state: 'expired',
            reason: because('step-timed-out', { step: 1 }),
            now: new Date(),
          });
          return true;
        });
      const [answer, expired] = await Promise.all([stage.apply(id, approve), timeOut()]);
      expect(answer.applied).toBe(!expired);
      expect(answer.standing.state).toBe(expired ? 'expired' : 'approved');
      if (expired) expect(answer.reason?.code).toBe('ticket-ended');
      expect(await decisions(id)).toHaveLength(expired ? 0 : 1);
    }
  });
});

describe('bugs of peers', () => {
  it('st2#4135: a decision right after opening, before any worker has looked, is kept and counts', async () => {
    const id = await stage.open();
    const verdict = await stage.check(id, 'approve', 'bob');
    expect(verdict).toMatchObject({ version: 1, step: 0 });
    const operationId = await stage.request(id, 'approve', 'bob', verdict);
    const row = await database.db
      .selectFrom('ticket')
      .select('advanced_at')
      .where('id', '=', id)
      .executeTakeFirstOrThrow();
    expect(row.advanced_at).toBeNull();
    const ids = async () => (await findRequestedOperations(database.db, 'ticket', -1_000, 100)).map((it) => it.id);
    expect(await ids()).toContain(operationId);
    expect((await stage.apply(id, operationId)).standing.state).toBe('approved');
    expect(await ids()).not.toContain(operationId);
  });

  it('st2#4864: of two tickets asked at once, a decision on one never counts for the other', async () => {
    const [one, other] = await Promise.all([stage.open(), stage.open()]);
    const operationId = await stage.request(one, 'approve', 'bob');
    expect(await stage.apply(other, operationId)).toMatchObject({ reason: { code: 'no-such-operation' } });
    expect((await stage.apply(one, operationId)).standing.state).toBe('approved');
    expect((await stage.act(other, 'comment', 'ann', { message: 'mine?' })).standing).toMatchObject({
      state: 'pending',
      stepsPassed: 0,
    });
    expect(await decisions(other)).toEqual([]);
    expect(await waiting(other)).toEqual(['user:bob']);
  });
});
