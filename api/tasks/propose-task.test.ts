import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { SubmittedTask } from './tasks.contract.ts';
import { type Answer, startTestApi, type TestApi } from '#api/testing/test-api.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
  await api.call('POST', '/api/v1/nodes', { body: { path: 'infra' } });
  await api.machine('a-host', { nodes: ['infra'] });
  await api.user('approver', 'ops');
});
beforeEach(() => api.db.deleteFrom('change_policy').execute());
afterAll(() => api.remove());

const minutes = (count: number) => new Date(Date.now() + count * 60_000).toISOString();
const policy = async (mode: string) => {
  const steps = mode === 'ticket' ? { steps: [{ approvers: [{ type: 'user', user: 'approver' }] }] } : {};
  const { status } = await api.call('PUT', '/api/v1/nodes/infra/policies/task.run', { body: { mode, ...steps } });
  expect(status).toBe(200);
};
const submit = (more: object = {}, key?: string) =>
  api.call('POST', '/api/v1/tasks', {
    body: { target: { hosts: ['a-host'] }, command: ['true'], ...more },
    headers: key === undefined ? {} : { 'idempotency-key': key },
  });
const submitted = (answer: Answer) => answer.body as unknown as SubmittedTask;
const ticketOf = (answer: Answer) =>
  api.db
    .selectFrom('ticket')
    .selectAll()
    .where('id', '=', submitted(answer).ticketId ?? '')
    .executeTakeFirstOrThrow();
const countAll = async () => ({
  tasks: (await api.db.selectFrom('task').select('id').execute()).length,
  tickets: (await api.db.selectFrom('ticket').select('id').execute()).length,
});

describe('a task that policy holds', () => {
  it('has its id at once and waits for a ticket that holds exactly what will run', async () => {
    await policy('ticket');
    const answer = await submit({ title: 'patch' });
    expect(answer).toMatchObject({
      status: 202,
      body: { state: 'awaiting-approval', title: 'patch', counts: { total: 1 } },
    });
    expect(Object.keys(answer.body).toSorted()).toEqual(['counts', 'id', 'state', 'ticketId', 'title']);
    expect(answer.headers.get('location')).toBe(`/api/v1/tasks/${answer.body.id}`);
    const ticket = await ticketOf(answer);
    expect(ticket).toMatchObject({ kind: 'task.run', state: 'pending', subject_id: answer.body.id, nodes: ['infra'] });
    const audit = await api.call('GET', `/api/v1/audit?target=${answer.body.id}`);
    expect(audit.body.items).toMatchObject([
      { action: 'task.run', details: { ticketId: ticket.id, contentHash: ticket.content_hash } },
    ]);
    expect(ticket.content_hash).toMatch(/^[0-9a-f]{64}$/);
  });

  it('is asked for once per Idempotency-Key', async () => {
    await policy('ticket');
    const before = await countAll();
    const runAt = minutes(5);
    const answers = await Promise.all(Array.from({ length: 5 }, () => submit({ runAt }, 'held')));
    for (const { status, body } of answers) expect({ status, body }).toEqual({ status: 202, body: answers[0]?.body });
    expect(await countAll()).toEqual({ tasks: before.tasks + 1, tickets: before.tickets + 1 });
  });

  it('is refused where policy forbids it, and nothing is written but the refusal', async () => {
    await policy('forbidden');
    const before = await countAll();
    expect(await submit({}, 'no')).toMatchObject({
      status: 403,
      body: { code: 'forbidden', reason: 'change-forbidden' },
    });
    expect(await countAll()).toEqual(before);
    const { body } = await api.call('GET', '/api/v1/audit?outcome=denied&limit=1');
    expect(body.items).toMatchObject([{ action: 'task.run', details: { reason: 'change-forbidden' } }]);
    await policy('direct');
    expect(await submit({}, 'no')).toMatchObject({ status: 201 });
  });
});

describe('a task that runs at a given time', () => {
  it('has a ticket without steps where policy asks nobody', async () => {
    const runAt = minutes(10);
    const answer = await submit({ runAt });
    expect(answer).toMatchObject({ status: 202, body: { state: 'awaiting-approval' } });
    const ticket = await ticketOf(answer);
    expect(['approved', 'scheduled']).toContain(ticket.state);
    expect(ticket.run_at?.toISOString()).toBe(runAt);
    expect(ticket.expires_at?.getTime()).toBe(Date.parse(runAt) + 3_600_000);
    const change = await api.db
      .selectFrom('change_version')
      .select(['flow', 'content'])
      .where('ticket_id', '=', ticket.id)
      .executeTakeFirst();
    expect(change).toMatchObject({ flow: { steps: [] }, content: { runAt } });
  });

  it('is refused for a time that is past, or an expiry before it', async () => {
    const before = await countAll();
    const cases: [object, string, string][] = [
      [{ runAt: minutes(-1) }, 'runAt', 'run-time-in-the-past'],
      [{ runAt: minutes(10), expiresAt: minutes(9) }, 'expiresAt', 'expires-before-it-runs'],
      [{ expiresAt: minutes(-1) }, 'expiresAt', 'expiry-in-the-past'],
    ];
    for (const mode of ['direct', 'ticket']) {
      await policy(mode);
      for (const [times, field, reason] of cases) {
        const answer = await submit(times);
        expect(answer, JSON.stringify(times)).toMatchObject({ status: 422, body: { reason, errors: [{ field }] } });
      }
    }
    expect((await submit({ runAt: 'tomorrow' })).body.errors).toMatchObject([{ field: 'runAt' }]);
    expect(await countAll()).toEqual(before);
  });
});

describe('running failed hosts again', () => {
  const end = async (answer: Answer) => {
    const { id } = answer.body;
    await api.db.updateTable('task').set({ state: 'failed' }).where('id', '=', id).execute();
    await api.db.updateTable('host_run').set({ state: 'failed' }).where('task_id', '=', id).execute();
    return () => api.call('POST', `/api/v1/tasks/${id}/retry-failed`);
  };

  it('belongs to the run that the ticket let go, and needs a new ticket afterwards', async () => {
    await policy('ticket');
    const answer = await submit();
    const retry = await end(answer);
    const ticketIs = (state: 'applying' | 'failed') =>
      api.db
        .updateTable('ticket')
        .set({ state })
        .where('id', '=', submitted(answer).ticketId ?? '')
        .execute();
    await ticketIs('failed');
    expect(await retry()).toMatchObject({ status: 409, body: { reason: 'needs-new-ticket' } });
    await policy('direct');
    expect(await retry()).toMatchObject({ status: 409, body: { reason: 'needs-new-ticket' } });
    await ticketIs('applying');
    expect(await retry()).toMatchObject({ status: 202 });
  });

  it('goes through the door as it is now, where there was no ticket', async () => {
    const retry = await end(await submit());
    await policy('ticket');
    expect(await retry()).toMatchObject({ status: 409, body: { reason: 'needs-approval', taskState: 'failed' } });
    await policy('forbidden');
    expect(await retry()).toMatchObject({ status: 403, body: { reason: 'change-forbidden' } });
    expect(
      await api.db.selectFrom('operation').select('state').where('action', '=', 'retry-failed').execute(),
    ).toHaveLength(1);
    await policy('direct');
    expect(await retry()).toMatchObject({ status: 202 });
  });
});
