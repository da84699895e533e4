import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { startTestApi, type TestApi } from '#api/testing/test-api.ts';

let api: TestApi;
let ops: string;
let owner: string;
beforeAll(async () => {
  api = await startTestApi();
  for (const path of ['prod.db', 'prod.other', 'lab']) await api.call('POST', '/api/v1/nodes', { body: { path } });
  ops = (await api.user('ops', 'ops')).token;
  owner = (await api.user('owner', 'none')).token;
  await api.user('friend', 'none');
  await api.call('PUT', '/api/v1/nodes/prod/grants/owner', { body: { role: 'ops-owner' } });
  await api.machine('db-1', { nodes: ['prod.db'] });
  await api.machine('lab-1', { nodes: ['lab'] });
});
beforeEach(() => api.db.deleteFrom('change_policy').execute());
afterAll(() => api.remove());

/** What would take something out of the reach of a policy on `prod`, or make somebody an approver of it. */
const acts = (token: string) =>
  [
    ['POST', '/api/v1/nodes/prod.db/unbind', { body: { machines: ['db-1'] }, token }],
    ['POST', '/api/v1/nodes/prod.db/move', { body: { parent: 'prod.other' }, token }],
    ['DELETE', '/api/v1/nodes/prod.db?cascade=true', { token }],
  ] as const;
const grant = (token: string, role: string) =>
  api.call('PUT', '/api/v1/nodes/prod.db/grants/friend', { body: { role }, token });
const setPolicy = (node: string, mode: string) =>
  api.call('PUT', `/api/v1/nodes/${node}/policies/task.run`, { body: { mode } });

it('a place that a policy protects is changed by those who may edit policies alone', async () => {
  await setPolicy('prod', 'ticket');
  const refused = { status: 403, body: { reason: 'protected-by-policy', params: { kind: 'task.run', node: 'prod' } } };
  for (const token of [ops, owner]) {
    for (const [method, path, options] of acts(token)) {
      expect(await api.call(method, path, options), path).toMatchObject(refused);
    }
  }
  expect(await grant(owner, 'ops-owner')).toMatchObject(refused);
  expect(await api.call('GET', '/api/v1/nodes/prod.db/machines')).toMatchObject({
    body: { items: [{ name: 'db-1' }] },
  });
  // A policy that is set below protects what is above it as well, as that goes along.
  await api.db.deleteFrom('change_policy').execute();
  await setPolicy('prod.db', 'forbidden');
  expect(await api.call('DELETE', '/api/v1/nodes/prod?cascade=true', { token: ops })).toMatchObject({
    status: 403,
    body: { reason: 'protected-by-policy', params: { node: 'prod.db' } },
  });
});

it('is as free as ever where policy is direct, and for other roles than owner', async () => {
  await setPolicy('lab', 'ticket');
  await setPolicy('prod', 'direct');
  expect(await grant(owner, 'ops-owner')).toMatchObject({ status: 200 });
  await setPolicy('prod', 'ticket');
  // One owner less is one fewer whom steps ask.
  expect(await grant(owner, 'viewer')).toMatchObject({ status: 403, body: { reason: 'protected-by-policy' } });
  const revoke = () => api.call('DELETE', '/api/v1/nodes/prod.db/grants/friend', { token: owner });
  expect(await revoke()).toMatchObject({ status: 403, body: { reason: 'protected-by-policy' } });
  await setPolicy('prod', 'direct');
  expect(await grant(owner, 'viewer')).toMatchObject({ status: 200 });
  await setPolicy('prod', 'ticket');
  expect(await grant(owner, 'dev-owner')).toMatchObject({ status: 200 });
  expect(await revoke()).toMatchObject({ status: 204 });
  for (const [method, path, options] of acts((await api.user('root-2', 'admin')).token)) {
    expect((await api.call(method, path, options)).status, path).toBe(200);
    if (path.endsWith('move')) await api.call('POST', '/api/v1/nodes/prod.other.db/move', { body: { parent: 'prod' } });
  }
});
