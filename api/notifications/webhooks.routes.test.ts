import { sql } from 'kysely';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApi, type TestApi } from '#api/testing/test-api.ts';
import type { SubjectNoun } from '#domain/names.ts';
import { announce } from '#ledger/notifications/announce.ts';
import { webhookSecretContext } from '#domain/notifications/webhook-message.ts';
import { openSecretBox } from '#platform/secret-box.ts';
import { transact } from '#ledger/kernel/transact.ts';

let api: TestApi;
let viewer: { id: string; token: string };
let operator: { id: string; token: string };

beforeAll(async () => {
  api = await startTestApi();
  viewer = await api.user('vera', 'viewer');
  operator = await api.user('otto', 'ops');
});
afterAll(() => api.remove());

const url = 'https://hooks.example.com/services/T0PSECRET';
const create = (name: string, more: object = {}) =>
  api.call('POST', '/api/v1/webhooks', { body: { name, url, ...more } });
const of = (answer: { body: unknown }) => answer.body as Record<string, unknown> & { items: Record<string, unknown>[] };
const tell = (userIds: string[], title: string, noun: SubjectNoun = 'ticket') =>
  transact(api.db, async (tx) => {
    const subject = { noun, id: uuidv7() };
    await announce(tx, { kind: 'ticket.decision-needed', subject, title, userIds, details: { requester: 'otto' } });
    return subject;
  });

describe('webhooks', () => {
  it('are made with a secret that is shown once, and stored sealed', async () => {
    const made = await create('sealed', { kinds: ['ticket.ended'] });
    expect(made.status).toBe(201);
    const { secret, id } = of(made) as unknown as { secret: string; id: string };
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(of(made)).toMatchObject({ name: 'sealed', url, enabled: true, kinds: ['ticket.ended'], createdBy: 'admin' });

    const { rows } = await sql<{ whole: string; secret: string }>`
      select webhook::text as whole, secret from webhook where id = ${id}`.execute(api.db);
    expect(rows[0]?.whole).not.toContain(secret.slice(6, 30));
    const box = openSecretBox({ SIGNALBOX_DATA: api.dataFolder, SIGNALBOX_SECRET_KEY_FILE: '' });
    expect(await box.open(rows[0]?.secret ?? '', webhookSecretContext(id))).toBe(secret);

    for (const path of ['', '/sealed', `/${id}`]) {
      const read = await api.call('GET', `/api/v1/webhooks${path}`);
      expect(read.status).toBe(200);
      expect(read.text).not.toMatch(/secret"|whsec/);
    }
    const audit = await api.call('GET', '/api/v1/audit?action=webhook.create');
    expect(audit.body.items[0]).toMatchObject({ target: 'sealed', actorName: 'admin' });
    expect(audit.text).toContain('hooks.example.com');
    expect(audit.text).not.toMatch(/whsec|T0PSECRET/);
  });

  it.each([
    ['http://127.0.0.1:9/', 'private'],
    ['http://[::1]/', 'private'],
    ['http://169.254.169.254/latest/meta-data', 'secrets'],
    ['http://localhost/', 'private'],
    ['ftp://example.com/', 'http or https'],
    ['https://me:word@example.com/', 'no user name'],
    ['nonsense', 'http or https'],
  ])('are refused to %s, and nothing changes', async (bad, why) => {
    const { status, body } = await create('bad', { url: bad });
    expect(status).toBe(422);
    expect(body.errors[0]?.field).toBe('url');
    expect(body.errors[0]?.message).toContain(why);
    expect((await api.call('GET', '/api/v1/webhooks/bad')).status).toBe(404);
  });

  it('are refused a name that is taken, an unknown kind, an empty change', async () => {
    await create('twice');
    expect(await create('twice')).toMatchObject({ status: 409, body: { reason: 'name-taken' } });
    expect((await create('other', { kinds: ['ticket.nonsense'] })).status).toBe(422);
    expect((await api.call('PATCH', '/api/v1/webhooks/twice', { body: {} })).status).toBe(422);
    expect(await api.call('PATCH', '/api/v1/webhooks/nobody', { body: { enabled: true } })).toMatchObject({
      status: 404,
      body: { reason: 'no-such-webhook' },
    });
  });

  it('are tested, disabled, enabled, sent to again and deleted, each with an audit row', async () => {
    const { id } = (await create('lively', { kinds: ['ticket.ended'] })).body;
    const test = await api.call('POST', '/api/v1/webhooks/lively/test');
    expect(test).toMatchObject({ status: 202, body: { kind: 'webhook.test', state: 'pending', attempts: 0 } });
    const again = `/api/v1/webhooks/lively/deliveries/${test.body.id}/redeliver`;
    expect(await api.call('POST', again)).toMatchObject({ status: 409, body: { reason: 'delivery-pending' } });
    expect(of(await api.call('GET', '/api/v1/webhooks/lively'))).toMatchObject({
      pending: 1,
      lastDelivery: { state: 'pending', status: null },
    });

    const off = await api.call('PATCH', '/api/v1/webhooks/lively', { body: { enabled: false } });
    expect(off).toMatchObject({ status: 200, body: { enabled: false, pending: 0 } });
    for (const path of ['/api/v1/webhooks/lively/test', again]) {
      expect(await api.call('POST', path)).toMatchObject({ status: 409, body: { reason: 'webhook-disabled' } });
    }
    await api.call('PATCH', '/api/v1/webhooks/lively', { body: { enabled: true } });
    const queued = await api.call('POST', again);
    expect(queued).toMatchObject({ status: 202, body: { id: test.body.id, state: 'pending' } });
    const elsewhere = `/api/v1/webhooks/twice/deliveries/${test.body.id}/redeliver`;
    expect(await api.call('POST', elsewhere)).toMatchObject({ status: 404, body: { reason: 'no-such-delivery' } });

    expect((await api.call('DELETE', `/api/v1/webhooks/${id}`)).status).toBe(200);
    expect((await api.call('GET', '/api/v1/webhooks/lively')).status).toBe(404);
    const { rows } = await sql<{ action: string }>`
      select action from audit where target = 'lively' and outcome = 'allowed' order by id`.execute(api.db);
    expect(rows.map((row) => row.action.replace('webhook.', ''))).toEqual([
      'create',
      'test',
      'update',
      'update',
      'redeliver',
      'delete',
    ]);
  });

  it('log their deliveries page by page, newest first, by state', async () => {
    await create('logged');
    const ids: string[] = [];
    for (let sent = 0; sent < 5; sent += 1) {
      ids.unshift((await api.call('POST', '/api/v1/webhooks/logged/test')).body.id);
    }
    await sql`update delivery set state = 'delivered' where id = ${ids[2]}`.execute(api.db);
    const seen: string[] = [];
    let cursor = '';
    for (;;) {
      const page = await api.call('GET', `/api/v1/webhooks/logged/deliveries?limit=2${cursor}`);
      seen.push(...page.body.items.map((item) => item.id));
      if (page.body.next === null) break;
      cursor = `&cursor=${page.body.next}`;
    }
    expect(seen).toEqual(ids);
    const delivered = await api.call('GET', '/api/v1/webhooks/logged/deliveries?state=delivered');
    expect(delivered.body.items.map((item) => item.id)).toEqual([ids[2]]);
  });

  it('are for administrators only', async () => {
    const paths = ['GET ', 'POST ', 'GET /twice', 'PATCH /twice', 'DELETE /twice', 'POST /twice/test'];
    const all = [...paths, 'GET /twice/deliveries', `POST /twice/deliveries/${uuidv7()}/redeliver`];
    for (const token of [viewer.token, operator.token, null]) {
      for (const [method = '', path = ''] of all.map((it) => it.split(' '))) {
        const body = ['POST', 'PATCH'].includes(method) ? { name: 'x', url, enabled: false } : undefined;
        const { status } = await api.call(method, `/api/v1/webhooks${path}`, { token, body });
        expect(status, `${method} ${path}`).toBe(token === null ? 401 : 403);
      }
    }
    expect(of(await api.call('GET', '/api/v1/webhooks/twice'))).toMatchObject({ enabled: true });
  });
});

describe('the web inbox', () => {
  const inbox = async (token: string, query = '') => {
    const { status, body } = await api.call('GET', `/api/v1/notifications${query}`, { token });
    expect(status).toBe(200);
    return body as unknown as {
      items: { id: string; title: string; readAt: string | null }[];
      unread: number;
      next: string;
    };
  };
  const read = (token: string, body: object) => api.call('POST', '/api/v1/notifications/read', { token, body });

  it('holds what its owner was told, page by page, and marks only theirs as read', async () => {
    await tell([viewer.id, operator.id, viewer.id, 'nobody'], 'first');
    await tell([viewer.id], 'second');
    await tell([viewer.id], 'third');
    const all = await inbox(viewer.token);
    expect(all.items.map((item) => item.title)).toEqual(['third', 'second', 'first']);
    expect(all.unread).toBe(3);
    expect(all.items[0]).toMatchObject({
      kind: 'ticket.decision-needed',
      details: { requester: 'otto' },
      readAt: null,
    });
    const page = await inbox(viewer.token, '?limit=2');
    const rest = await inbox(viewer.token, `?limit=2&cursor=${page.next}`);
    expect([...page.items, ...rest.items]).toEqual(all.items);
    expect(rest.next).toBeNull();

    const others = (await inbox(operator.token)).items.map((item) => item.id);
    const ids = [all.items[0]?.id ?? '', ...others, uuidv7()];
    expect(await read(viewer.token, { ids })).toMatchObject({ status: 200, body: { read: 1, unread: 2 } });
    expect((await inbox(viewer.token, '?unread=true')).items.map((item) => item.title)).toEqual(['second', 'first']);
    expect((await inbox(operator.token)).unread).toBe(1);
    expect(await read(viewer.token, { all: true })).toMatchObject({ status: 200, body: { read: 2, unread: 0 } });
    expect((await inbox(operator.token)).unread).toBe(1);
  });

  it('says what a message is about, whatever it is', async () => {
    const reader = await api.user('rita', 'viewer');
    const ticket = await tell([reader.id], 'a ticket');
    const task = await tell([reader.id], 'a task', 'task');
    expect((await inbox(reader.token)).items).toMatchObject([
      { title: 'a task', subject: task, ticketId: null },
      { title: 'a ticket', subject: ticket, ticketId: ticket.id },
    ]);
  });

  it('is refused to nobody who is signed in, and to everybody else', async () => {
    expect((await api.call('GET', '/api/v1/notifications', { token: null })).status).toBe(401);
    const nobody = await api.user('nina', 'none');
    expect((await inbox(nobody.token)).items).toEqual([]);
    for (const body of [{}, { ids: [], all: true }, { ids: ['x'] }, { all: false }]) {
      expect((await read(nobody.token, body)).status).toBe(422);
    }
  });
});
