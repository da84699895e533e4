import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Person, personOf } from '#api/testing/ticket-people.ts';
import { startTestApi, type TestApi } from '#api/testing/test-api.ts';
import { secretContext } from '#domain/secrets/secret.ts';
import { openSecretBox } from '#platform/secret-box.ts';

const value = 'canary-5e1f0b7d';
let api: TestApi;
let owner: Person;
let viewer: Person;
let stranger: Person;

beforeAll(async () => {
  api = await startTestApi();
  for (const path of ['ours.web', 'theirs'])
    expect((await api.call('POST', '/api/v1/nodes', { body: { path } })).status).toBe(201);
  const user = async (name: string) => personOf(api, await api.user(name, 'none'));
  [owner, viewer, stranger] = [await user('owner'), await user('viewer'), await user('stranger')];
  for (const [node, name, role] of [
    ['ours', 'owner', 'ops-owner'],
    ['ours', 'viewer', 'viewer'],
    ['theirs', 'stranger', 'ops-owner'],
  ])
    await api.call('PUT', `/api/v1/nodes/${node}/grants/${name}`, { body: { role } });
});
afterAll(() => api.remove());

const keep = (body: object, who?: Person) =>
  api.call('POST', '/api/v1/secrets', { body, ...(who === undefined ? {} : { token: who.token }) });

describe('secrets', () => {
  it('are kept sealed, listed without a value, rotated, and destroyed version by version', async () => {
    const kept = await keep({ name: 'db-password', node: 'ours.web', description: 'of the shop', value }, owner);
    expect([kept.status, kept.text]).toEqual([201, expect.not.stringContaining(value)]);
    expect(kept.body).toMatchObject({ node: 'ours.web', latestVersion: 1, versions: 1, createdBy: 'owner' });
    const { id } = kept.body;
    const path = `/api/v1/secrets/${id}`;
    const rotated = await api.call('POST', `${path}/versions`, { token: owner.token, body: { value: `${value}-2` } });
    expect([rotated.status, rotated.body.latestVersion, rotated.body.versions]).toEqual([201, 2, 2]);
    expect((await api.call('DELETE', `${path}/versions/2`, { token: owner.token })).body.reason).toBe(
      'last-secret-version',
    );
    expect((await api.call('DELETE', `${path}/versions/1`, { token: owner.token })).status).toBe(200);
    expect((await api.call('DELETE', `${path}/versions/1`, { token: owner.token })).status).toBe(404);
    const versions = await api.call('GET', `${path}/versions`, { token: owner.token });
    expect(versions.body.items).toMatchObject([
      { version: 2, deletedAt: null },
      { version: 1, deletedAt: expect.any(String) as string },
    ]);
    const rows = await api.db.selectFrom('secret_version').selectAll().where('secret_id', '=', id).execute();
    expect(rows.find((row) => row.version === 1)?.sealed).toBeNull();
    const sealed = rows.find((row) => row.version === 2)?.sealed ?? '';
    const box = openSecretBox({ SIGNALBOX_DATA: api.dataFolder, SIGNALBOX_SECRET_KEY_FILE: '' });
    expect(await box.open(sealed, secretContext(id, 2))).toBe(`${value}-2`);
    await expect(box.open(sealed, secretContext(id, 1))).rejects.toThrow();
    expect((await api.call('DELETE', path, { token: owner.token })).status).toBe(200);
    expect((await api.call('GET', path, { token: owner.token })).status).toBe(404);
    const { rows: everything } = await sql<{ text: string }>`select audit::text as text from audit
      union all select event::text from event union all select secret_version::text from secret_version`.execute(
      api.db,
    );
    expect(everything.filter(({ text }) => text.includes(value))).toEqual([]);
    const audited = await api.db
      .selectFrom('audit')
      .select(['action', 'nodes'])
      .where('target', '=', 'db-password')
      .orderBy('id')
      .execute();
    expect(audited.map(({ action }) => action)).toEqual([
      'secret.create',
      'secret.rotate',
      'secret.delete-version',
      'secret.delete',
    ]);
    expect(audited.every(({ nodes }) => nodes[0] === 'ours.web')).toBe(true);
  });

  it('are seen and edited by whom their node says', async () => {
    const { id } = (await keep({ name: 'seen', node: 'ours', value }, owner)).body;
    await keep({ name: 'of-all', value });
    const names = async (who: Person) =>
      (await api.call('GET', '/api/v1/secrets', { token: who.token })).body.items.map((secret) => secret.name);
    expect(await names(viewer)).toEqual(['seen']);
    expect(await names(stranger)).toEqual([]);
    const rotate = (who: Person) =>
      api.call('POST', `/api/v1/secrets/${id}/versions`, { token: who.token, body: { value: 'x' } });
    expect((await rotate(viewer)).status).toBe(403);
    expect((await rotate(stranger)).body.reason).toBe('no-such-secret');
    expect((await keep({ name: 'of-all-2', value }, owner)).status).toBe(403);
    expect((await keep({ name: 'elsewhere', node: 'theirs', value }, owner)).status).toBe(404);
  });

  it('refuse names that are taken or none, and values that nothing could use', async () => {
    for (const [body, field] of [
      [{ name: 'of-all', value }, 'name'],
      [{ name: 'Of All', value }, 'name'],
      [{ name: 'empty', value: '' }, 'value'],
      [{ name: 'nul', value: 'a\0b' }, 'value'],
      [{ name: 'long', value: 'x'.repeat(65 * 1024) }, 'value'],
      [{ name: 'nowhere', node: 'no.such', value }, 'node'],
    ] as const) {
      const answer = await keep(body);
      expect(answer.status).toBeGreaterThanOrEqual(400);
      expect(answer.text).not.toContain(value);
      expect(answer.body.errors.map((error) => error.field)).toEqual([field]);
    }
  });

  it('outlive their node, which then lets nobody use them by it', async () => {
    await api.call('POST', '/api/v1/nodes', { body: { path: 'going' } });
    const { id } = (await keep({ name: 'left', node: 'going', value })).body;
    expect((await api.call('DELETE', '/api/v1/nodes/going')).status).toBe(200);
    expect((await api.call('GET', `/api/v1/secrets/${id}`)).body.node).toBeNull();
  });
});
