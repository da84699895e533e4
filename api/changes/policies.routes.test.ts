import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { PolicyView } from './policies.contract.ts';
import { type Answer, startTestApi, type TestApi } from '#api/testing/test-api.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
  for (const path of ['owned.below', 'orphan']) await api.call('POST', '/api/v1/nodes', { body: { path } });
  for (const [name, role] of [
    ['Ann', 'ops'],
    ['bob', 'ops'],
    ['owner', 'none'],
    ['gone', 'viewer'],
  ] as const) {
    await api.user(name, role);
  }
  await api.call('PUT', '/api/v1/nodes/owned/grants/owner', { body: { role: 'ops-owner' } });
  await api.call('PATCH', '/api/v1/users/gone', { body: { disabled: true } });
});
beforeEach(() => api.db.deleteFrom('change_policy').execute());
afterAll(() => api.remove());

const put = (node: string | null, body: object, kind = 'task.run') =>
  api.call('PUT', node === null ? `/api/v1/policies/${kind}` : `/api/v1/nodes/${node}/policies/${kind}`, { body });
const remove = (node: string | null) =>
  api.call('DELETE', node === null ? '/api/v1/policies/task.run' : `/api/v1/nodes/${node}/policies/task.run`);
const held = async (node: string | null) => {
  const { body } = await api.call('GET', node === null ? '/api/v1/policies' : `/api/v1/nodes/${node}/policies`);
  return (body.items as unknown as PolicyView[]).find((policy) => policy.kind === 'task.run');
};
const fields = (answer: Answer) => answer.body.errors.map((error) => error.field);
const users = (...names: string[]) => names.map((user) => ({ type: 'user', user }));

describe('policies', () => {
  it('are direct until somebody sets one', async () => {
    expect(await held('owned.below')).toMatchObject({
      mode: 'direct',
      version: 0,
      node: null,
      inherited: true,
      steps: [],
    });
    expect(await held(null)).toMatchObject({
      mode: 'direct',
      version: 0,
      node: null,
      inherited: false,
      updatedBy: null,
    });
  });

  it('hold for what is below, nearest first, and are inherited again once removed', async () => {
    expect(await put(null, { mode: 'forbidden' })).toMatchObject({ status: 200, body: { node: null, version: 1 } });
    const set = await put('owned', {
      mode: 'ticket',
      steps: [{ approvers: users('ANN', 'bob'), need: 2 }],
      fourEyes: false,
    });
    expect(set).toMatchObject({
      status: 200,
      body: { node: 'owned', inherited: false, mode: 'ticket', fourEyes: false, version: 1, updatedBy: 'admin' },
    });
    expect(await held('owned.below')).toMatchObject({
      mode: 'ticket',
      node: 'owned',
      inherited: true,
      steps: [{ need: 2, approvers: users('Ann', 'bob') }],
    });
    expect(await held('orphan')).toMatchObject({ mode: 'forbidden', node: null, inherited: true });
    expect(await remove('owned')).toMatchObject({
      status: 200,
      body: { mode: 'forbidden', node: null, inherited: true },
    });
    expect(await remove('owned')).toMatchObject({ status: 404, body: { reason: 'no-such-policy' } });
  });

  it('ask any owner of the node where nothing else is said', async () => {
    const { body } = await put('owned.below', { mode: 'ticket' });
    expect(body).toMatchObject({ steps: [{ approvers: [{ type: 'owners' }], need: 'any' }], fourEyes: true });
  });

  it('that name nobody who can approve are refused, and change nothing', async () => {
    const one = (approvers: object[], need?: unknown) => ({ mode: 'ticket', steps: [{ approvers, need }] });
    const cases: [string | null, object, string[]][] = [
      ['orphan', { mode: 'ticket' }, ['steps.0.approvers']],
      ['orphan', one([{ type: 'owners' }]), ['steps.0.approvers']],
      ['owned', one(users('gone')), ['steps.0.approvers']],
      ['owned', one(users('gone'), 'all'), ['steps.0.approvers']],
      ['owned', one([{ type: 'role', role: 'viewer' }]), ['steps.0.approvers']],
      ['owned', one([...users('Ann', 'ann', 'gone'), { type: 'owners' }], 3), ['steps.0.approvers']],
      [null, one([{ type: 'role', role: 'viewer' }]), ['steps.0.approvers']],
      [
        'owned',
        { mode: 'ticket', steps: [{ approvers: users('Ann') }, { approvers: users('bob', 'gone'), need: 2 }] },
        ['steps.1.approvers'],
      ],
      ['owned', { mode: 'ticket', onTimeout: 'escalate' }, ['escalateTo']],
      ['owned', { mode: 'ticket', onTimeout: 'escalate', escalateTo: users('gone') }, ['escalateTo']],
    ];
    await put('owned', { mode: 'direct' });
    for (const [node, body, expected] of cases) {
      const answer = await put(node, body);
      expect(answer, JSON.stringify(body)).toMatchObject({
        status: 422,
        body: {
          code: 'invalid-input',
          reason: expect.stringMatching(/can-approve$|^escalates-to-nobody$/) as string,
        },
      });
      expect(fields(answer), JSON.stringify(body)).toEqual(expected);
    }
    expect(await api.db.selectFrom('change_policy').select(['version', 'policy']).execute()).toMatchObject([
      { version: 1, policy: { mode: 'direct' } },
    ]);
    // The same with just enough people is taken.
    const enough = await put('owned', one([...users('Ann', 'bob', 'gone'), { type: 'owners' }], 3));
    expect(enough).toMatchObject({ status: 200, body: { version: 2 } });
    expect(await put(null, { mode: 'ticket' })).toMatchObject({ status: 200 });
  });

  it('that make no sense are refused by name of the field', async () => {
    const cases: [object, string[]][] = [
      [{ mode: 'ticket', steps: [{ approvers: users('Ann', 'nobody') }] }, ['steps.0.approvers.1.user']],
      [{ mode: 'ticket', escalateTo: users('nobody') }, ['escalateTo.0.user']],
      [{ mode: 'direct', steps: [{ approvers: users('Ann') }] }, ['steps']],
      [{ mode: 'forbidden', steps: [{ approvers: users('Ann') }] }, ['steps']],
      [{ mode: 'sometimes' }, ['mode']],
      [{ mode: 'ticket', steps: [{ approvers: [] }] }, ['steps.0.approvers']],
      [{ mode: 'ticket', steps: [{ approvers: users('Ann'), need: 0 }] }, ['steps.0.need']],
      [{ mode: 'ticket', timeoutMs: 1 }, ['timeoutMs']],
      [{ mode: 'ticket', timeoutMs: 91 * 86_400_000 }, ['timeoutMs']],
    ];
    for (const [body, expected] of cases) {
      const answer = await put('owned', body);
      expect(answer, JSON.stringify(body)).toMatchObject({ status: 422, body: { code: 'invalid-input' } });
      expect(fields(answer), JSON.stringify(body)).toEqual(expected);
    }
    const unknown = await put('owned', { mode: 'direct' }, 'task.fly');
    expect(unknown).toMatchObject({ status: 422, body: { reason: 'unknown-kind', errors: [{ field: 'kind' }] } });
    expect(await api.db.selectFrom('change_policy').select('kind').execute()).toEqual([]);
  });

  it('are edited by administrators only, also not by owners of the node', async () => {
    const { token } = await api.user('owner-too', 'ops');
    await api.call('PUT', '/api/v1/nodes/owned/grants/owner-too', { body: { role: 'ops-owner' } });
    for (const path of ['/api/v1/policies/task.run', '/api/v1/nodes/owned/policies/task.run']) {
      expect(await api.call('PUT', path, { token, body: { mode: 'direct' } })).toMatchObject({ status: 403 });
      expect(await api.call('DELETE', path, { token })).toMatchObject({ status: 403 });
    }
  });

  it('leave who changed what in the audit, with before and after', async () => {
    await put('owned', { mode: 'forbidden' });
    await put('owned', { mode: 'ticket' });
    await remove('owned');
    const { body } = await api.call('GET', '/api/v1/audit?action=policy.*&limit=3');
    expect(body.items).toMatchObject([
      {
        action: 'policy.removed',
        target: 'task.run',
        nodes: ['owned'],
        details: { before: { mode: 'ticket' }, after: null },
      },
      { action: 'policy.set', details: { before: { mode: 'forbidden' }, after: { mode: 'ticket' }, version: 2 } },
      { action: 'policy.set', details: { before: null, after: { mode: 'forbidden' }, version: 1 } },
    ]);
    const events = await api.db
      .selectFrom('event')
      .select('data')
      .where('topic', '=', 'tree')
      .orderBy('id', 'desc')
      .limit(1)
      .execute();
    expect(events).toMatchObject([{ data: { change: 'policy', kind: 'task.run' } }]);
  });
});

describe('the preview of a change', () => {
  it('names nodes that decided only to those who may see them, and counts hosts that are not known', async () => {
    await api.machine('shared', { nodes: ['owned', 'orphan'] });
    await put('orphan', { mode: 'ticket', steps: [{ approvers: users('Ann') }] });
    const { token } = await api.user('half-sighted', 'none');
    await api.call('PUT', '/api/v1/nodes/owned/grants/half-sighted', { body: { role: 'ops-owner' } });
    const preview = (options: { token?: string }, body: object = {}) =>
      api.call('POST', '/api/v1/changes/preview', {
        ...options,
        body: { kind: 'task.run', task: { target: { hosts: ['shared', 'nobody'] }, command: ['true'] }, ...body },
      });
    const seen = { mode: 'ticket', hosts: 1, unknownHosts: ['nobody'], fourEyes: true };
    expect((await preview({})).body).toMatchObject({ ...seen, decidedBy: [{ node: 'orphan', mode: 'ticket' }] });
    const hidden = await preview({ token });
    expect(hidden.body).toMatchObject({
      ...seen,
      decidedBy: [{ node: '(hidden)' }],
      steps: [{ policyNode: '(hidden)' }],
    });
    expect(hidden.text).not.toContain('orphan');
    expect(await preview({}, { kind: 'task.fly' })).toMatchObject({ status: 422, body: { reason: 'unknown-kind' } });
    expect(await api.db.selectFrom('task').select('id').execute()).toEqual([]);
  });

  it('leaves the requester out of those who can approve', async () => {
    const ann = await api.user('ann-too', 'ops');
    await put('owned', { mode: 'ticket', steps: [{ approvers: users('Ann', 'ann-too') }] });
    const task = { target: { hosts: ['shared'] }, command: ['true'] };
    const answer = await api.call('POST', '/api/v1/changes/preview', {
      token: ann.token,
      body: { kind: 'task.run', task },
    });
    expect(answer.body).toMatchObject({ steps: [{ approvers: ['Ann'] }] });
  });
});
