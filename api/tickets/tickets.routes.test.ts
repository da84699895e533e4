import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readEvents } from '#api/testing/event-reader.ts';
import { startTestApi, type TestApi } from '#api/testing/test-api.ts';
import { type Person, personOf, workOff } from '#api/testing/ticket-people.ts';

let api: TestApi;
let ann: Person;
let bob: Person;
let cid: Person;
let eve: Person;
let owner: Person;
let vic: Person;

beforeAll(async () => {
  api = await startTestApi();
  for (const path of ['ours.deep', 'theirs', 'closed']) await api.call('POST', '/api/v1/nodes', { body: { path } });
  await api.machine('our-host', { nodes: ['ours.deep'] });
  await api.machine('their-host', { nodes: ['theirs'] });
  await api.machine('closed-host', { nodes: ['closed'] });
  const user = async (name: string, role: 'ops' | 'none' | 'viewer') => personOf(api, await api.user(name, role));
  [ann, bob, cid, eve] = [
    await user('ann', 'ops'),
    await user('bob', 'none'),
    await user('cid', 'none'),
    await user('eve', 'none'),
  ];
  [owner, vic] = [await user('owner', 'none'), await user('vic', 'viewer')];
  await api.call('PUT', '/api/v1/nodes/ours/grants/owner', { body: { role: 'ops-owner' } });
  const byBob = { approvers: [{ type: 'user', user: 'bob' }] };
  const byAll = { approvers: [...byBob.approvers, { type: 'user', user: 'cid' }], need: 'all' };
  const byOwners = { approvers: [{ type: 'owners' }] };
  for (const [node, kind, policy] of [
    ['ours', 'task.run', { mode: 'ticket', steps: [byBob, byOwners], delegates: 'anyone' }],
    ['ours', 'manual.step', { mode: 'ticket', steps: [byOwners] }],
    ['theirs', 'manual.step', { mode: 'ticket', steps: [byAll] }],
    ['closed', 'task.run', { mode: 'forbidden' }],
    ['closed', 'manual.step', { mode: 'forbidden' }],
  ] as const) {
    const { status, text } = await api.call('PUT', `/api/v1/nodes/${node}/policies/${kind}`, { body: policy });
    expect(status, text).toBe(200);
  }
});
afterAll(() => api.remove());

const task = { target: { node: 'ours' }, script: 'echo one\necho two\n', env: { WORD: 'x' } };

async function ask(who: Person = ann, more: object = {}): Promise<string> {
  const { status, body, text } = await who.post('/api/v1/tickets', { kind: 'task.run', task: { ...task, ...more } });
  expect(status, text).toBe(202);
  return body.id;
}

async function askStep(who: Person = ann, node = 'ours'): Promise<string> {
  const input = { kind: 'manual.step', node, title: 'swap the disk', instructions: 'slot 3' };
  const { status, body, text } = await who.post('/api/v1/tickets', input);
  expect(status, text).toBe(202);
  return body.id;
}

/** Rows of everything that a refusal must leave alone. */
async function rows(): Promise<Record<string, number>> {
  const tables = ['ticket', 'change', 'task', 'host_run', 'manual_step', 'operation', 'ticket_decision'];
  tables.push('ticket_timeline', 'ticket_approver', 'ticket_waiting', 'notification', 'idempotency_key', 'event');
  const counts: Record<string, number> = {};
  for (const table of tables) {
    const { rows: found } = await sql<{ n: number }>`select count(*)::int as n from ${sql.table(table)}`.execute(
      api.db,
    );
    counts[table] = found[0]?.n ?? -1;
  }
  return counts;
}

const outcome = ({ status, body }: { status: number; body: object }) => [status, (body as { reason?: string }).reason];

describe('a ticket', () => {
  it('shows exactly what will run, who is asked, and to each reader what they may do', async () => {
    const submitted = await ann.post('/api/v1/tasks', task);
    expect(submitted).toMatchObject({ status: 202, body: { state: 'awaiting-approval' } });
    const id = String(submitted.body.ticketId);
    const { body } = await bob.get(`/api/v1/tickets/${id}`);
    expect(body).toMatchObject({
      kind: 'task.run',
      state: 'pending',
      requester: 'ann',
      nodes: ['ours'],
      taskId: submitted.body.id,
      version: 1,
      mineToDecide: true,
      steps: 2,
      stepsPassed: 0,
      fourEyes: true,
      targetsTotal: 1,
      decisions: [],
      content: { payload: { script: task.script, env: task.env }, targets: [{ name: 'our-host' }], runAt: null },
      flow: [
        { step: 1, state: 'current', approvers: ['bob'], policyNode: 'ours' },
        { step: 2, state: 'waiting', approvers: ['owner'] },
      ],
      workflowId: `ticket/${id}`,
    });
    const actionsOf = async (who: Person) => {
      const { actions } = (await who.get(`/api/v1/tickets/${id}`)).body;
      return Object.fromEntries(actions.map((it) => [it.name, it.reason]));
    };
    expect(await actionsOf(bob)).toEqual({
      approve: null,
      reject: null,
      comment: null,
      transfer: null,
      'add-approver': null,
      withdraw: 'requester-or-admin-only',
      resubmit: 'not-the-requester',
      complete: 'nothing-to-complete',
    });
    expect(await actionsOf(ann)).toMatchObject({ approve: 'self-approval', withdraw: null, resubmit: null });
    expect(await actionsOf(vic)).toMatchObject({ approve: 'not-an-approver', comment: null });
    const seen = await ann.get(`/api/v1/tasks/${submitted.body.id}`);
    expect(seen.body.actions.map((it) => it.reason)).toEqual(Array(4).fill('awaiting-approval'));
  });

  it('tells what changes, as a unified diff from version to version', async () => {
    const id = await ask();
    const whole = await bob.get(`/api/v1/tickets/${id}/diff`);
    expect(whole.body).toMatchObject({ from: 0, to: 1 });
    const changed = await ann.does('resubmit', id, { task: { ...task, script: 'echo one\necho three\n' } });
    expect(changed.status, changed.text).toBe(202);
    await workOff(api);
    const { body } = await bob.get(`/api/v1/tickets/${id}/diff`);
    const { sections } = body as unknown as { sections: { title: string; unified: string }[] };
    const script = sections.find(({ title }) => title === 'Script');
    expect(script?.unified).toContain(' echo one\n-echo two\n+echo three\n');
    expect(script?.unified).not.toContain('No newline');
    expect((await bob.get(`/api/v1/tickets/${id}/diff?to=9`)).body.errors).toMatchObject([{ field: 'to' }]);
    expect((await bob.get(`/api/v1/tickets/${id}`)).body).toMatchObject({ version: 2, state: 'pending' });
  });

  it('takes decisions without Temporal: 202, and they count once a worker is there', async () => {
    const id = await ask();
    const early = await owner.does('approve', id, { message: 'fine with me' });
    expect(early).toMatchObject({
      status: 202,
      body: { state: 'requested', action: 'approve', ticketState: 'pending' },
    });
    const operation = early.headers.get('location') ?? '';
    expect((await owner.get(operation)).body).toMatchObject({ state: 'requested', handledAt: null });
    await workOff(api);
    expect((await owner.get(operation)).body).toMatchObject({ state: 'applied' });
    const { contentHash } = (await bob.get(`/api/v1/tickets/${id}`)).body;
    expect(await bob.does('approve', id, { contentHash, message: 'go' })).toMatchObject({ status: 202 });
    await workOff(api);
    const { body } = await bob.get(`/api/v1/tickets/${id}`);
    expect(body).toMatchObject({ state: 'applying', stepsPassed: 2, mineToDecide: false, timeoutAt: null });
    expect(body.decisions.map(({ actor, step, early: kept, message }) => [actor, step, kept, message])).toEqual([
      ['owner', 2, true, 'fine with me'],
      ['bob', 1, false, 'go'],
    ]);
    expect(body.flow.map(({ state, approvedBy }) => [state, approvedBy])).toEqual([
      ['passed', ['bob']],
      ['passed', ['owner']],
    ]);
    const story = (await bob.get(`/api/v1/tickets/${id}/timeline`)).body.items.map(({ kind }) => kind);
    expect(story.indexOf('kept-early')).toBeLessThan(story.indexOf('approved'));
    const first = await bob.get(`/api/v1/tickets/${id}/timeline?limit=2`);
    const rest = await bob.get(`/api/v1/tickets/${id}/timeline?cursor=${first.body.next}`);
    expect([...first.body.items, ...rest.body.items].map(({ kind }) => kind)).toEqual(story);
    const audit = await api.call('GET', `/api/v1/audit?target=${id}&limit=500`);
    expect(audit.body.items.filter(({ action }) => action === 'ticket.approve')).toHaveLength(2);
  });

  it('takes two requests with one Idempotency-Key as one', async () => {
    const key = crypto.randomUUID();
    const input = { kind: 'task.run', task };
    const before = await rows();
    const [one, two] = await Promise.all([
      ann.post('/api/v1/tickets', input, key),
      ann.post('/api/v1/tickets', input, key),
    ]);
    expect(one).toMatchObject({ status: 202, body: { state: 'pending' } });
    expect(two.body).toEqual(one.body);
    const after = await rows();
    expect([after['ticket'], after['task']]).toEqual([(before['ticket'] ?? 0) + 1, (before['task'] ?? 0) + 1]);
    const answers = await Promise.all(['a', 'a', 'a'].map(() => bob.does('approve', one.body.id, {}, key)));
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
    expect((await rows())['operation']).toBe((before['operation'] ?? 0) + 1);
    const reused = { status: 422, body: { reason: 'idempotency-key-reused' } };
    expect(await bob.does('approve', one.body.id, { message: '' }, key)).toMatchObject(reused);
    expect(await bob.does('comment', one.body.id, { message: 'x' }, key)).toMatchObject(reused);
    expect(await ann.post('/api/v1/tickets', { ...input, task: { ...task, args: [] } }, key)).toMatchObject(reused);
  });

  it('of a step for a person ends when that person says how it went', async () => {
    const id = await askStep();
    expect(outcome(await ann.does('complete', id, { outcome: 'done' }))).toEqual([409, 'nothing-to-complete']);
    await owner.does('approve', id);
    await workOff(api);
    expect((await ann.get(`/api/v1/tickets/${id}`)).body).toMatchObject({ state: 'applying', taskId: null });
    expect(outcome(await vic.does('complete', id, { outcome: 'done' }))).toEqual([403, 'not-concerned']);
    expect((await ann.does('complete', id, { outcome: 'failed', message: 'no such slot' })).status).toBe(202);
    await workOff(api);
    const { body } = await ann.get(`/api/v1/tickets/${id}`);
    expect(body).toMatchObject({ state: 'failed', result: { succeeded: false } });
  });
});

describe('a refusal', () => {
  it('of bad input names the field and changes nothing', async () => {
    const past = new Date(Date.now() - 60_000).toISOString();
    const future = new Date(Date.now() + 600_000).toISOString();
    const step = { kind: 'manual.step', node: 'ours', title: 't', instructions: 'i' };
    const before = await rows();
    for (const [body, status, field] of [
      [{ kind: 'disk.wipe', node: 'ours' }, 422, 'kind'],
      [{ kind: 'task.run', task: { ...task, runAt: past } }, 422, 'runAt'],
      [{ kind: 'task.run', task: { ...task, runAt: future, expiresAt: future } }, 422, 'expiresAt'],
      [{ ...step, runAt: past }, 422, 'runAt'],
      [{ ...step, title: '' }, 422, 'title'],
      [{ ...step, node: 'nowhere' }, 404, 'node'],
      [{ ...step, node: 'closed' }, 403, undefined],
      [{ kind: 'task.run', task: { ...task, target: { hosts: ['closed-host'] } } }, 403, undefined],
    ] as const) {
      const answer = await ann.post('/api/v1/tickets', body, crypto.randomUUID());
      expect(answer.status, JSON.stringify(answer.body)).toBe(status);
      expect(answer.headers.get('content-type')).toBe('application/problem+json');
      if (field !== undefined) expect(answer.body.errors, field).toMatchObject([{ field }]);
      else expect(answer.body).toMatchObject({ reason: 'change-forbidden' });
    }
    expect(await rows()).toEqual(before);
  });

  it('of an operation has its status and word, and changes nothing', async () => {
    const id = await ask();
    const ended = await ask();
    await ann.does('withdraw', ended);
    const decided = await ask();
    await bob.does('approve', decided, { contentHash: (await bob.get(`/api/v1/tickets/${decided}`)).body.contentHash });
    const scheduled = await ask(ann, { runAt: new Date(Date.now() + 600_000).toISOString() });
    await bob.does('approve', scheduled);
    await workOff(api);
    await owner.does('approve', scheduled);
    await workOff(api);
    const before = await rows();
    const resubmit = (node: string) => ({ task: { ...task, target: { node } } });
    for (const [who, action, ticket, body, status, reason] of [
      [ann, 'approve', id, {}, 403, 'self-approval'],
      [ann, 'reject', id, { message: 'no' }, 403, 'self-approval'],
      [vic, 'approve', id, {}, 403, 'not-an-approver'],
      [vic, 'add-approver', id, { user: 'vic' }, 403, 'not-an-approver'],
      [bob, 'withdraw', id, {}, 403, 'requester-or-admin-only'],
      [bob, 'resubmit', id, resubmit('ours'), 403, 'not-the-requester'],
      [ann, 'resubmit', id, resubmit('closed'), 403, 'change-forbidden'],
      [bob, 'approve', id, { contentHash: 'f'.repeat(64) }, 409, 'stale-content'],
      [bob, 'approve', id, { step: 9 }, 422, 'no-such-step'],
      [bob, 'approve', decided, {}, 409, 'already-decided'],
      [bob, 'transfer', id, { user: 'nobody-at-all' }, 422, 'no-such-user'],
      [vic, 'transfer', id, { user: 'nobody-at-all' }, 403, 'not-an-approver'],
      [bob, 'transfer', id, { user: 'ann' }, 403, 'self-approval'],
      [bob, 'add-approver', id, { user: 'bob' }, 409, 'already-an-approver'],
      [bob, 'approve', ended, {}, 409, 'ticket-ended'],
      [ann, 'comment', ended, { message: 'x' }, 409, 'ticket-ended'],
      [bob, 'approve', scheduled, {}, 409, 'not-pending'],
      [ann, 'complete', id, { outcome: 'done' }, 409, 'nothing-to-complete'],
      [bob, 'reject', id, {}, 422, undefined],
      [bob, 'approve', id, { message: 'x'.repeat(4_001) }, 422, undefined],
      [bob, 'complete', id, { outcome: 'perhaps' }, 422, undefined],
    ] as const) {
      const answer = await who.does(action, ticket, body, crypto.randomUUID());
      expect([action, ...outcome(answer)], answer.text).toEqual([action, status, reason]);
    }
    expect(await rows()).toEqual(before);
  });

  it('of a decision that does not say on which content names the field', async () => {
    const id = await ask();
    const before = await rows();
    for (const action of ['approve', 'reject'] as const) {
      for (const contentHash of [undefined, null, '', 7]) {
        const { status, body } = await bob.does(action, id, { message: 'no', contentHash });
        expect([status, body.errors.map(({ field }) => field)]).toEqual([422, ['contentHash']]);
      }
    }
    expect(await rows()).toEqual(before);
  });

  it('that comes when it is carried out is told by the operation', async () => {
    const id = await ask();
    const [first, second] = [await bob.does('approve', id), await bob.does('approve', id)];
    await workOff(api);
    const states = await Promise.all([first, second].map((it) => bob.get(it.headers.get('location') ?? '')));
    expect(states.map(({ body }) => [body.state, body.reason])).toEqual([
      ['applied', null],
      ['refused', 'already-decided'],
    ]);
  });
});

describe('an outsider', () => {
  it('gets 404 on every route of a ticket, and hears nothing of it', async () => {
    const id = await ask();
    const operation = (await bob.does('comment', id, { message: 'hm' })).body.id;
    const routes = api.api.routes().filter(({ path }) => path.startsWith('/api/v1/tickets/{id}'));
    expect(routes.length).toBeGreaterThan(10);
    for (const { method, path } of routes) {
      const url = path.replace('{id}', id).replace('{operation}', operation);
      const answer = await api.call(method, url, { token: eve.token, ...(method === 'GET' ? {} : { body: {} }) });
      expect(answer, `${method} ${path}`).toMatchObject({ status: 404, body: { reason: 'no-such-ticket' } });
    }
    expect(await eve.list('scope=visible&limit=500')).not.toContain(id);
    const other = await askStep(ann, 'theirs');
    expect(await bob.get(`/api/v1/tickets/${other}/operations/${operation}`)).toMatchObject({
      status: 404,
      body: { reason: 'no-such-operation' },
    });
    expect((await readEvents(api, `topic=ticket:${id}`, { token: eve.token })).status).toBe(404);
    expect((await readEvents(api, `topic=inbox:${bob.id}`, { token: eve.token })).status).toBe(422);
  });

  it('becomes an insider when a part is handed to them', async () => {
    const id = await ask();
    await bob.does('transfer', id, { user: 'cid', message: 'on leave' });
    await workOff(api);
    expect(await cid.list('scope=to-decide&limit=500')).toContain(id);
    expect(await bob.list('scope=to-decide&limit=500')).not.toContain(id);
    expect((await cid.get(`/api/v1/tickets/${id}`)).body).toMatchObject({ mineToDecide: true });
    expect(outcome(await bob.does('approve', id))).toEqual([403, 'not-an-approver']);
    expect((await cid.does('approve', id)).status).toBe(202);
    await workOff(api);
    expect((await cid.get(`/api/v1/tickets/${id}`)).body).toMatchObject({ mineToDecide: false, stepsPassed: 1 });
    expect(await owner.list('scope=to-decide&limit=500')).toContain(id);
  });
});

describe('live topics', () => {
  it('tell the inbox of the reader alone, and of tickets only those they may see', async () => {
    const [mine, others] = [
      await readEvents(api, 'topic=inbox&topic=tickets', { token: bob.token }),
      await readEvents(api, 'topic=inbox&topic=tickets', { token: eve.token }),
    ];
    for (const deadline = Date.now() + 5_000; mine.lastId() === '' || others.lastId() === '';) {
      if (Date.now() > deadline) throw new Error('the streams did not begin');
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    const id = await ask();
    const events = await mine.waitFor(2);
    expect(events.map(({ event, data }) => [event, data['ticketId'] ?? data['id']])).toContainEqual(['inbox', id]);
    expect(events.map(({ event, data }) => [event, data['id']])).toContainEqual(['tickets', id]);
    expect(others.events).toEqual([]);
    mine.close();
    others.close();
  });
});

describe('the inbox', () => {
  it('pages each scope by keyset, each ticket once, newest first', async () => {
    const ids: string[] = [];
    for (let n = 0; n < 5; n++) ids.unshift(await askStep());
    const paged: string[] = [];
    for (let cursor = ''; ;) {
      const { body } = await owner.get(`/api/v1/tickets?scope=to-decide&kind=manual.step&limit=2${cursor}`);
      paged.push(...body.items.map(({ id }) => id));
      if (body.next === null) break;
      cursor = `&cursor=${body.next}`;
    }
    expect(paged.slice(0, 5)).toEqual(ids);
    expect(new Set(paged).size).toBe(paged.length);
    expect(paged).toEqual(paged.toSorted().toReversed());
    expect((await ann.list('scope=requested&limit=500')).slice(0, 5)).toEqual(ids);
    expect(await ann.list('scope=to-decide')).toEqual([]);
    expect(await owner.list('scope=requested')).toEqual([]);
    expect((await vic.list('scope=visible')).slice(0, 5)).toEqual(ids);
    expect((await owner.list('scope=visible')).slice(0, 5)).toEqual(ids);
    const bobs = await bob.list('scope=visible&kind=manual.step&limit=500');
    expect(ids.filter((id) => bobs.includes(id))).toEqual([]);
    await ann.does('withdraw', ids[0] ?? '');
    await workOff(api);
    expect(await owner.list('scope=to-decide&limit=500')).not.toContain(ids[0]);
    expect(await vic.list('state=ended&kind=manual.step&limit=500')).toContain(ids[0]);
    expect(await vic.list('state=open&kind=manual.step&limit=500')).not.toContain(ids[0]);
    expect(await owner.get('/api/v1/tickets?cursor=nonsense')).toMatchObject({ status: 422 });
  });

  it('is rid of what the reader has decided, while it waits for others', async () => {
    const id = await askStep(ann, 'theirs');
    await bob.does('approve', id);
    await workOff(api);
    expect(await bob.list('scope=to-decide')).not.toContain(id);
    expect(await cid.list('scope=to-decide')).toContain(id);
    expect((await bob.get(`/api/v1/tickets/${id}`)).body).toMatchObject({ state: 'pending', mineToDecide: false });
    await cid.does('reject', id, { message: 'not this week' });
    await workOff(api);
    expect((await ann.get(`/api/v1/tickets/${id}`)).body).toMatchObject({
      state: 'rejected',
      reason: 'rejected',
      params: { by: 'cid', message: 'not this week' },
    });
    const { items } = (await ann.get(`/api/v1/tickets/${id}/timeline`)).body;
    expect(items.at(-1)).toMatchObject({
      kind: 'ended',
      details: { reason: { code: 'rejected', detail: 'Rejected by cid: not this week' } },
    });
    const told = (await ann.get('/api/v1/notifications')).body.items;
    expect(told[0]).toMatchObject({
      kind: 'ticket.ended',
      details: { reason: { code: 'rejected', detail: 'Rejected by cid: not this week' } },
    });
    expect(await bob.list('scope=visible&state=ended')).toContain(id);
  });

  it('says `mineToDecide` of exactly what it lists to decide', async () => {
    for (const who of [ann, bob, cid, owner, vic]) {
      const all = (await who.get('/api/v1/tickets?scope=visible&limit=500')).body.items;
      const mine = all.filter(({ mineToDecide }) => mineToDecide).map(({ id }) => id);
      expect(mine, who.name).toEqual(await who.list('scope=to-decide&limit=500'));
      for (const { id, state } of all) {
        if (state !== 'pending') continue;
        const { actions } = (await who.get(`/api/v1/tickets/${id}`)).body;
        const approve = actions.find(({ name }) => name === 'approve');
        // Of later steps they may decide in advance, which does not wait for them yet.
        if (mine.includes(id)) expect(approve, `${who.name} ${id}`).toMatchObject({ allowed: true });
      }
    }
  });
});
