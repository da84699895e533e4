import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, startTestApi, type TestApi } from '#api/testing/test-api.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.remove());

const create = (path: string, more: object = {}, token?: string) =>
  api.call('POST', '/api/v1/nodes', { body: { path, ...more }, ...(token === undefined ? {} : { token }) });
const names = (answer: Answer) => answer.body.items.map((node) => node.path);

/** Every id path must be the parent's and the own id, and no id path may reach the outside. */
async function expectSoundTree(): Promise<void> {
  const { rows } = await sql`select n.id from node n left join node p on p.id = n.parent_id
    where n.path <> case when p.id is null then text2ltree(n.id::text) else p.path || n.id::text end`.execute(api.db);
  expect(rows).toEqual([]);
}

describe('nodes', () => {
  it('are created with the parents that are missing, and say where they are', async () => {
    const made = await create('infra.k8s.prod-01', { description: 'first', icon: 'cluster' });
    expect(made).toMatchObject({
      status: 201,
      body: { name: 'prod-01', path: 'infra.k8s.prod-01', level: 2, icon: 'cluster', children: 0, machines: 0 },
    });
    expect(await create('infra.k8s.prod-01')).toMatchObject({ status: 409, body: { reason: 'name-taken' } });
    expect(await create('基础设施.数据库')).toMatchObject({ status: 201, body: { path: '基础设施.数据库' } });
    const found = await api.call('GET', `/api/v1/nodes/${encodeURIComponent('基础设施.数据库')}`);
    expect(found.body).toMatchObject({
      name: '数据库',
      actions: expect.arrayContaining(['tree.edit', 'task.run']) as unknown,
    });
    expect((await api.call('GET', `/api/v1/nodes/~${found.body.id}`)).body.path).toBe('基础设施.数据库');
    for (const bad of ['', '.a', 'a..b', 'a b', Array(17).fill('x').join('.')]) {
      expect(await create(bad), bad).toMatchObject({ status: 422, body: { errors: [{ field: 'path' }] } });
    }
  });

  it('are one whatever the case and the Unicode form of their name, which keeps its case', async () => {
    const made = await create('Caf\u00e9.Prod');
    expect(await create('CAFE\u0301.pROD')).toMatchObject({ status: 409, body: { reason: 'name-taken' } });
    for (const like of ['caf\u00e9.prod', 'CAFE\u0301.PROD'])
      expect((await api.call('GET', `/api/v1/nodes/${encodeURIComponent(like)}`)).body).toEqual(made.body);
    const below = await create('cafe\u0301.PROD.\u0e01\u0e49\u0e32');
    expect(below.body.path).toBe('Caf\u00e9.Prod.\u0e01\u0e49\u0e32');
    const audit = '/api/v1/audit?action=tree.create&limit=1';
    const found = await api.call('GET', `${audit}&actor=ADMIN&node=${encodeURIComponent('CAF\u00c9.prod')}`);
    expect(found.body.items).toMatchObject([{ target: below.body.path, nodes: [below.body.path] }]);

    const rename = (name: string) => api.call('PATCH', `/api/v1/nodes/~${made.body.id}`, { body: { name } });
    await create('caf\u00e9.other');
    expect(await rename('OTHER')).toMatchObject({ status: 409, body: { reason: 'name-taken' } });
    expect(await rename('PROD')).toMatchObject({ status: 200, body: { path: 'Caf\u00e9.PROD' } });
    expect(await rename('a b')).toMatchObject({
      status: 422,
      body: { errors: [{ field: 'name', reason: 'not-a-name', params: { signs: '- _' } }] },
    });
    await create('elsewhere.prod');
    const moved = await api.call('POST', '/api/v1/nodes/elsewhere.prod/move', { body: { parent: 'CAF\u00c9' } });
    expect(moved).toMatchObject({ status: 409, body: { reason: 'name-taken' } });
  });

  it('are listed one level at a time, by page, with counts', async () => {
    for (const name of ['c', 'a', 'b']) await create(`wide.${name}`);
    const first = await api.call('GET', '/api/v1/nodes?parent=wide&limit=2');
    expect(names(first)).toEqual(['wide.a', 'wide.b']);
    const second = await api.call('GET', `/api/v1/nodes?parent=wide&limit=2&cursor=${first.body.next}`);
    expect(names(second)).toEqual(['wide.c']);
    expect(second.body.next).toBeNull();
    const roots = await api.call('GET', '/api/v1/nodes');
    expect(roots.body.items.find((node: { path: string }) => node.path === 'wide')).toMatchObject({
      children: 3,
      level: 0,
    });
    expect(await api.call('GET', '/api/v1/nodes?parent=nowhere')).toMatchObject({ status: 404 });
    expect(names(await api.call('GET', '/api/v1/nodes?under=infra'))).toEqual(['infra.k8s', 'infra.k8s.prod-01']);
  });

  it('are found by a part of the name or of the full path', async () => {
    await create('search.team_a.web-1');
    await create('search.teamXa.web-2');
    expect(names(await api.call('GET', '/api/v1/nodes?q=WEB-1'))).toEqual(['search.team_a.web-1']);
    expect(names(await api.call('GET', '/api/v1/nodes?q=team_a'))).toEqual(['search.team_a']);
    expect(names(await api.call('GET', '/api/v1/nodes?q=teamXa.we'))).toEqual(['search.teamXa.web-2']);
    const pages = await api.call('GET', '/api/v1/nodes?q=web-&limit=1');
    expect(names(await api.call('GET', `/api/v1/nodes?q=web-&limit=1&cursor=${pages.body.next}`))).toEqual([
      'search.teamXa.web-2',
    ]);
  });

  it('are renamed, and a leaf gets no children', async () => {
    await create('look.old');
    await create('look.other');
    const patch = (body: object) => api.call('PATCH', '/api/v1/nodes/look.old', { body });
    expect(await patch({ name: 'other' })).toMatchObject({ status: 409, body: { errors: [{ field: 'name' }] } });
    expect(await patch({ isLeaf: true, description: 'x' })).toMatchObject({
      status: 200,
      body: { isLeaf: true, description: 'x' },
    });
    expect(await create('look.old.child')).toMatchObject({ status: 409, body: { reason: 'is-leaf' } });
    expect(await patch({ name: 'new' })).toMatchObject({ status: 200, body: { path: 'look.new' } });
    expect(await api.call('GET', '/api/v1/nodes/look.old')).toMatchObject({ status: 404 });
    expect(await api.call('PATCH', '/api/v1/nodes/look', { body: { isLeaf: true } })).toMatchObject({
      status: 409,
      body: { reason: 'has-children' },
    });
  });

  it('move with everything below them, never below themselves', async () => {
    await create('from.sub.leaf');
    await create('to.here');
    const move = (node: string, parent: string | null) =>
      api.call('POST', `/api/v1/nodes/${node}/move`, { body: { parent } });
    expect(await move('from', 'from.sub')).toMatchObject({ status: 422, body: { reason: 'cycle' } });
    expect(await move('from', 'from')).toMatchObject({ status: 422, body: { reason: 'cycle' } });
    expect(await move('from.sub', 'to.here')).toMatchObject({ status: 200, body: { path: 'to.here.sub', level: 2 } });
    const audit = await api.call('GET', '/api/v1/audit?action=tree.move&node=from');
    expect(audit.body.items).toMatchObject([{ target: 'from.sub', nodes: ['from.sub', 'to.here.sub'] }]);
    expect(await api.call('GET', '/api/v1/nodes/to.here.sub.leaf')).toMatchObject({ status: 200 });
    expect(await move('to.here.sub', null)).toMatchObject({ status: 200, body: { path: 'sub', level: 0 } });
    await create('to.sub');
    expect(await move('sub', 'to')).toMatchObject({ status: 409, body: { reason: 'name-taken' } });
    await expectSoundTree();
  });

  it('are protected from deletion while something hangs on them', async () => {
    await create('gone.child');
    await api.machine('gone-host', { nodes: ['gone', 'gone.child'] });
    for (const name of ['f', 'c', 'e', 'a', 'd', 'b']) await create(`gone.child.${name}`);
    const refused = await api.call('DELETE', '/api/v1/nodes/gone');
    expect(refused).toMatchObject({
      status: 409,
      body: {
        code: 'not-in-this-state',
        reason: 'not-empty',
        blockers: [
          { kind: 'children', count: 1, names: ['child'] },
          { kind: 'machines', count: 1, names: ['gone-host'] },
        ],
      },
    });
    await api.call('POST', '/api/v1/nodes/gone.child/unbind', { body: { machines: ['gone-host'] } });
    expect((await api.call('DELETE', '/api/v1/nodes/gone.child')).body).toMatchObject({
      blockers: [{ kind: 'children', count: 6, names: ['a', 'b', 'c', 'd', 'e'] }],
    });
    await api.call('POST', '/api/v1/nodes/gone.child/bind', { body: { machines: ['gone-host'] } });
    const cascade = await api.call('DELETE', '/api/v1/nodes/gone?cascade=true');
    expect(cascade).toMatchObject({ status: 200, body: { deleted: 8, unbound: 2 } });
    expect((await api.call('GET', '/api/v1/machines?q=gone-host')).body.items).toMatchObject([
      { name: 'gone-host', nodes: [] },
    ]);
  });

  it('say what hangs on them and below, to those who may see them', async () => {
    await create('weight.low.lowest');
    await create('weight-of-another.low');
    const { token } = await api.user('weigher', 'none');
    const impact = async (node: string) => (await api.call('GET', `/api/v1/nodes/${node}/impact`, { token })).body;
    expect(await impact('weight')).toMatchObject({ code: 'not-found' });
    await api.call('PUT', '/api/v1/nodes/weight/grants/weigher', { body: { role: 'viewer' } });
    await api.call('PUT', '/api/v1/nodes/weight-of-another/grants/weigher', { body: { role: 'viewer' } });
    const nothing = { nodes: 2, machines: 0, grants: 1, policies: 0, openTasks: 0, openTickets: 0 };
    expect(await impact('weight')).toEqual(nothing);

    await api.machine('heavy', { nodes: ['weight', 'weight.low'] });
    await api.machine('heavier', { nodes: ['weight.low.lowest', 'weight-of-another.low'] });
    const submit = async (node: string) => {
      const { status, body } = await api.call('POST', '/api/v1/tasks', {
        body: { target: { node }, command: ['true'] },
      });
      expect(status, JSON.stringify(body)).toBeLessThan(300);
      return body.id;
    };
    const ended = await submit('weight.low');
    await sql`update task set state = 'failed' where id = ${ended}::uuid`.execute(api.db);
    await submit('weight');
    await submit('weight-of-another');
    const step = { kind: 'manual.step', node: 'weight.low', title: 'look', instructions: 'look' };
    expect((await api.call('POST', '/api/v1/tickets', { body: step })).status).toBe(202);
    const policy = { mode: 'ticket', steps: [{ approvers: [{ type: 'user', user: 'weigher' }] }] };
    expect((await api.call('PUT', '/api/v1/nodes/weight.low/policies/task.run', { body: policy })).status).toBe(200);
    await submit('weight.low.lowest');

    // Tasks: the one that runs and the one that waits for its ticket. Tickets: that one and the step.
    expect(await impact('weight')).toEqual({ ...nothing, machines: 2, policies: 1, openTasks: 2, openTickets: 2 });
    expect(await impact('weight.low')).toMatchObject({ nodes: 1, machines: 2, grants: 0, policies: 1 });
    expect(await impact('weight.low.lowest')).toMatchObject({ nodes: 0, machines: 1, policies: 0 });
  });

  it('stay a tree under moves and creations that race', async () => {
    for (const name of ['a', 'b', 'c', 'd']) await create(`race.${name}`);
    const names = ['a', 'b', 'c', 'd'];
    const ids = new Map<string, string>();
    for (const name of names) ids.set(name, (await api.call('GET', `/api/v1/nodes/race.${name}`)).body.id);
    const moves = names.flatMap((from) =>
      names
        .filter((to) => to !== from)
        .map((to) => api.call('POST', `/api/v1/nodes/~${ids.get(from)}/move`, { body: { parent: `~${ids.get(to)}` } })),
    );
    const creations = Array.from({ length: 6 }, () => create('race.same.deep'));
    const statuses = (await Promise.all([...moves, ...creations])).map((answer) => answer.status);
    expect(statuses.filter((status) => ![200, 201, 409, 422].includes(status))).toEqual([]);
    expect(statuses.filter((status) => status === 201)).toHaveLength(1);
    await expectSoundTree();
  });
});

describe('what somebody sees of the tree', () => {
  it('is what they were granted, and bare names on the way to it', async () => {
    await create('sight.open.deep', { description: 'inner' });
    await create('sight.closed', { description: 'secret' });
    const { token } = await api.user('grantee', 'none');
    await api.call('PUT', '/api/v1/nodes/sight.open/grants/grantee', { body: { role: 'viewer' } });
    expect((await api.call('GET', '/api/v1/nodes', { token })).body.items).toMatchObject([
      { path: 'sight', visible: false, description: '', children: 0 },
    ]);
    expect(names(await api.call('GET', '/api/v1/nodes?parent=sight', { token }))).toEqual(['sight.open']);
    expect(names(await api.call('GET', '/api/v1/nodes?q=e', { token }))).toEqual(['sight.open', 'sight.open.deep']);
    expect(await api.call('GET', '/api/v1/nodes/sight', { token })).toMatchObject({ status: 404 });
    expect(await api.call('GET', '/api/v1/nodes/sight.closed', { token })).toMatchObject({ status: 404 });
    const deep = await api.call('GET', '/api/v1/nodes/sight.open.deep', { token });
    const actions = ['tree.view', 'task.view', 'ticket.view', 'schedule.view', 'secret.view'];
    expect(deep.body).toMatchObject({ description: 'inner', actions });
    expect(await api.call('GET', '/api/v1/nodes?under=sight', { token }).then(names)).toEqual([
      'sight.open',
      'sight.open.deep',
    ]);
  });

  it('follows the grants at once', async () => {
    const { token } = await api.user('owner', 'none');
    await create('owned.sub');
    await create('foreign');
    const grant = (role: string) => api.call('PUT', '/api/v1/nodes/owned/grants/owner', { body: { role } });
    expect(await grant('ops-owner')).toMatchObject({
      status: 200,
      body: { user: 'owner', role: 'ops-owner', inherited: false },
    });
    expect(await create('owned.mine', {}, token)).toMatchObject({ status: 201 });
    expect(
      await api.call('POST', '/api/v1/nodes/owned.mine/move', { body: { parent: 'foreign' }, token }),
    ).toMatchObject({ status: 404 });
    expect(await api.call('POST', '/api/v1/nodes/owned.mine/move', { body: { parent: null }, token })).toMatchObject({
      status: 403,
    });
    expect((await api.call('GET', '/api/v1/nodes/owned.sub/grants', { token })).body.items).toMatchObject([
      { user: 'owner', node: 'owned', inherited: true },
    ]);
    await grant('dev-owner');
    expect(await create('owned.again', {}, token)).toMatchObject({ status: 403 });
    expect(await api.call('DELETE', '/api/v1/nodes/owned/grants/owner')).toMatchObject({ status: 204 });
    expect(await api.call('DELETE', '/api/v1/nodes/owned/grants/owner')).toMatchObject({ status: 404 });
    expect(await api.call('GET', '/api/v1/nodes/owned', { token })).toMatchObject({ status: 404 });
  });
});

describe('machines of nodes', () => {
  it('are bound, listed with their subtree, searched by page, and unbound', async () => {
    await create('fleet.east');
    await create('fleet.west');
    for (let n = 1; n <= 3; n++) await api.machine(`east-${n}`, { address: `10.1.0.${n}`, nodes: ['fleet.east'] });
    await api.machine('west-1', { address: '10.2.0.1', nodes: ['fleet.west', 'fleet.east'] });
    const list = async (query: string) => {
      const { body } = await api.call('GET', `/api/v1/nodes/fleet/machines?${query}`);
      return { next: body.next, names: body.items.map((machine: { name: string }) => machine.name) };
    };
    expect((await list('')).names).toEqual([]);
    const page = await list('subtree=true&limit=3');
    expect(page.names).toEqual(['east-1', 'east-2', 'east-3']);
    expect((await list(`subtree=true&limit=3&cursor=${page.next}`)).names).toEqual(['west-1']);
    expect((await list('subtree=true&q=10.2')).names).toEqual(['west-1']);
    const bind = (machines: string[]) => api.call('POST', '/api/v1/nodes/fleet.west/bind', { body: { machines } });
    expect(await bind(['EAST-1', '10.1.0.1'])).toMatchObject({ status: 200, body: { bound: 1 } });
    expect(await bind(['nobody', 'east-2'])).toMatchObject({
      status: 422,
      body: { errors: [{ field: 'machines.0' }] },
    });
    const unbound = await api.call('POST', '/api/v1/nodes/fleet.west/unbind', {
      body: { machines: ['east-1', 'east-3'] },
    });
    expect(unbound).toMatchObject({ status: 200, body: { unbound: 1 } });
  });

  it('are handed on only by those who have power over them already', async () => {
    await create('mine');
    await create('theirs');
    await create('mine-too');
    const { token } = await api.user('binder', 'none');
    for (const node of ['mine', 'mine-too'])
      await api.call('PUT', `/api/v1/nodes/${node}/grants/binder`, { body: { role: 'ops-owner' } });
    await api.machine('my-host', { nodes: ['mine'] });
    await api.machine('their-host', { nodes: ['theirs'] });
    await api.machine('free-host');
    const bind = (machines: string[]) => api.call('POST', '/api/v1/nodes/mine-too/bind', { body: { machines }, token });
    expect(await bind(['my-host'])).toMatchObject({ status: 200, body: { bound: 1 } });
    expect(await bind(['my-host', 'their-host'])).toMatchObject({
      status: 403,
      body: { errors: [{ field: 'machines.1' }] },
    });
    expect(await bind(['free-host'])).toMatchObject({ status: 403 });
    const { body } = await api.call('GET', '/api/v1/nodes/mine-too/machines', { token });
    expect(body.items).toMatchObject([{ name: 'my-host', nodes: ['mine', 'mine-too'] }]);
  });
});
