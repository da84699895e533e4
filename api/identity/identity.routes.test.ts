import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sql } from 'kysely';
import { startTestApi, type TestApi } from '#api/testing/test-api.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.remove());

describe('users', () => {
  it('are made with a token that works at once and is kept as a hash only', async () => {
    const { token } = await api.user('Ann', 'viewer');
    expect(token).toMatch(/^sbx_[A-Za-z0-9_-]{43}$/);
    expect(await api.call('GET', '/api/v1/whoami', { token })).toMatchObject({
      status: 200,
      body: { name: 'Ann', role: 'viewer' },
    });
    const { rows } =
      await sql`select 1 from apikey where key = ${token} or key like '%' || ${token.slice(8)} || '%'`.execute(api.db);
    expect(rows).toEqual([]);
  });

  it('cannot share a name, in whatever case', async () => {
    const again = await api.call('POST', '/api/v1/users', { body: { name: 'aNN', role: 'ops' } });
    expect(again).toMatchObject({ status: 409, body: { reason: 'name-taken' } });
    const odd = await api.call('POST', '/api/v1/users', { body: { name: 'a b', role: 'boss' } });
    expect(odd.body.errors.map((error: { field: string }) => error.field)).toEqual(['name', 'role']);
  });

  it('are not called by words that mean somebody else', async () => {
    for (const name of ['system', 'me', 'Owners', 'SIGNALBOX', 'anonymous', 'everyone', crypto.randomUUID()]) {
      expect(await api.call('POST', '/api/v1/users', { body: { name, role: 'ops' } }), name).toMatchObject({
        status: 422,
        body: { errors: [{ field: 'name', reason: 'reserved-name', params: { name } }] },
      });
    }
  });

  it('get another role, are disabled and enabled, and it counts at the next request', async () => {
    const ben = await api.user('ben', 'viewer');
    const create = () =>
      api.call('POST', '/api/v1/nodes', { body: { path: `n${crypto.randomUUID()}` }, token: ben.token });
    expect((await create()).status).toBe(403);
    expect(await api.call('PATCH', '/api/v1/users/ben', { body: { role: 'ops' } })).toMatchObject({
      status: 200,
      body: { role: 'ops' },
    });
    expect((await create()).status).toBe(201);
    await api.call('PATCH', `/api/v1/users/${ben.id}`, { body: { disabled: true } });
    expect((await create()).status).toBe(401);
    await api.call('PATCH', '/api/v1/users/ben', { body: { disabled: false } });
    expect((await create()).status).toBe(201);
  });

  it('never lose the last administrator', async () => {
    const demote = await api.call('PATCH', '/api/v1/users/admin', { body: { role: 'viewer' } });
    expect(demote).toMatchObject({ status: 409, body: { reason: 'last-admin' } });
    expect(await api.call('PATCH', '/api/v1/users/admin', { body: { disabled: true } })).toMatchObject({ status: 409 });
    expect(await api.call('GET', '/api/v1/whoami')).toMatchObject({ body: { role: 'admin' } });
  });

  it('are listed by page', async () => {
    const first = await api.call('GET', '/api/v1/users?limit=2');
    expect(first.body.items.map((user: { name: string }) => user.name)).toEqual(['admin', 'Ann']);
    const second = await api.call('GET', `/api/v1/users?limit=2&cursor=${first.body.next}`);
    expect(second.body).toMatchObject({ items: [{ name: 'ben' }], next: null });
    expect(await api.call('GET', '/api/v1/users?cursor=bogus')).toMatchObject({
      status: 422,
      body: { errors: [{ field: 'cursor' }] },
    });
  });
});

describe('tokens', () => {
  it('are made and revoked by an administrator and by their owner', async () => {
    const cat = await api.user('cat', 'none');
    const extra = await api.call('POST', '/api/v1/users/cat/tokens', { body: { name: 'ci', expiresInDays: 1 } });
    expect(extra).toMatchObject({
      status: 201,
      body: { name: 'ci', start: expect.stringMatching(/^sbx_.{4}$/) as unknown },
    });
    const listed = await api.call('GET', '/api/v1/tokens', { token: cat.token });
    expect(listed.body.items).toHaveLength(2);
    expect(JSON.stringify(listed.body)).not.toContain(extra.body.token);

    expect(await api.call('DELETE', `/api/v1/users/cat/tokens/${extra.body.id}`)).toMatchObject({ status: 204 });
    expect(await api.call('GET', '/api/v1/whoami', { token: extra.body.token })).toMatchObject({ status: 401 });
    const own = await api.call('POST', '/api/v1/tokens', { body: {}, token: cat.token });
    expect(own.status).toBe(201);
    const stranger = await api.user('dan', 'none');
    expect(await api.call('DELETE', `/api/v1/tokens/${own.body.id}`, { token: stranger.token })).toMatchObject({
      status: 404,
    });
    expect(await api.call('DELETE', `/api/v1/tokens/${own.body.id}`, { token: cat.token })).toMatchObject({
      status: 204,
    });
  });

  it('cost no write per request, and expire', async () => {
    const eve = await api.user('eve', 'none');
    const before = await sql`select xmin::text, * from apikey where "referenceId" = ${eve.id}`.execute(api.db);
    for (let n = 0; n < 20; n++) await api.call('GET', '/api/v1/whoami', { token: eve.token });
    const after = await sql`select xmin::text, * from apikey where "referenceId" = ${eve.id}`.execute(api.db);
    expect(after.rows).toEqual(before.rows);
    await sql`update apikey set "expiresAt" = now() where "referenceId" = ${eve.id}`.execute(api.db);
    expect(await api.call('GET', '/api/v1/whoami', { token: eve.token })).toMatchObject({ status: 401 });
  });
});
