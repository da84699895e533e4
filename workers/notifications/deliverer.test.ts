import { mkdtempSync, rmSync } from 'node:fs';
import type { LookupFunction } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { Webhook } from 'standardwebhooks';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { announce } from '#ledger/notifications/announce.ts';
import { claimDeliveries, queueDeliveries, storeAnnouncement } from '#ledger/notifications/delivery-queue.ts';
import { changeWebhook, insertWebhook } from '#ledger/notifications/webhooks.ts';
import { listInbox } from '#db/notifications/inbox.ts';
import { listDeliveries } from '#db/notifications/webhook-deliveries.ts';
import { queueAgain } from '#ledger/notifications/send-by-hand.ts';
import { webhookSecretContext } from '#domain/notifications/webhook-message.ts';
import { silentLogger } from '#platform/logging.ts';
import { openSecretBox } from '#platform/secret-box.ts';
import { createTestDatabase, type TestDatabase } from '#tests/support/database.ts';
import { eventually } from '#tests/support/eventually.ts';
import { answers, startWebhookReceiver, type ReceivedPost, type WebhookReceiver } from '../testing/webhook-receiver.ts';
import { createDeliverer, type DelivererOptions } from './deliverer.ts';
import type { Sender } from './sender.ts';
import { createSenders, type SenderDeps } from './senders.ts';
import { transact } from '#ledger/kernel/transact.ts';

const secret = `whsec_${Buffer.from('0123456789abcdef0123456789abcdef').toString('base64')}`;
const folder = mkdtempSync(join(tmpdir(), 'signalbox-deliverer-'));
const secrets = openSecretBox({ SIGNALBOX_DATA: folder, SIGNALBOX_SECRET_KEY_FILE: '' });
const subject = { noun: 'ticket', id: uuidv7() } as const;
let database: TestDatabase;
let receiver: WebhookReceiver;

beforeAll(async () => {
  database = await createTestDatabase({ max: 8 });
});
afterAll(async () => {
  await database.remove();
  rmSync(folder, { recursive: true });
});
beforeEach(async () => {
  receiver = await startWebhookReceiver();
});
afterEach(async () => {
  await receiver.close();
  await database.db.deleteFrom('webhook').execute();
  await database.db.deleteFrom('announcement').execute();
});

const delivererWith = (how: Partial<SenderDeps>, options: DelivererOptions = {}) => {
  const senders = createSenders({ db: database.db, secrets, allowPrivateNetworks: true, ...how });
  return createDeliverer(
    { db: database.db, maintenance: database.maintenance, logger: silentLogger, senders },
    options,
  );
};
const deliverer = (options: DelivererOptions = {}) => delivererWith({}, options);
const guarded = (lookup?: LookupFunction) => delivererWith({ allowPrivateNetworks: false, lookup });

async function webhook(url = receiver.url, kinds: string[] = []): Promise<string> {
  const id = uuidv7();
  const sealed = await secrets.seal(secret, webhookSecretContext(id));
  await transact(database.db, (tx) =>
    insertWebhook(tx, { id, name: `w-${id}`, url, secret: sealed, kinds, createdBy: 'admin' }),
  );
  return id;
}

const tell = (title = 'Grüße') =>
  transact(database.db, (tx) =>
    announce(tx, { kind: 'ticket.opened', subject, title, userIds: [], details: { requester: 'ann' } }),
  );
const log = (webhookId: string) =>
  listDeliveries(database.db, { webhookId, state: undefined, before: undefined, limit: 500 });
const only = async (webhookId: string) => {
  const [line, ...more] = await log(webhookId);
  expect(more).toEqual([]);
  if (line === undefined) throw new Error('nothing was queued');
  return line;
};
const dueNow = () => sql`update delivery set next_at = now() where state = 'pending'`.execute(database.db);
const opened = ({ text, headers }: ReceivedPost) => new Webhook(secret).verify(text, headers as Record<string, string>);
const arrived = (count: number) =>
  eventually(`${count} messages at the receiver`, () => receiver.received.length === count, { withinMs: 5_000 });
const idsOf = (posts: readonly ReceivedPost[]) => posts.map((post) => post.headers['webhook-id']);

describe('a message', () => {
  it('comes signed, once, to the webhooks that want its kind, when its transaction has committed', async () => {
    const id = await webhook();
    await webhook(receiver.url, ['ticket.ended']);
    await expect(
      transact(database.db, async (tx) => {
        await announce(tx, { kind: 'ticket.opened', subject, title: 'undone', userIds: [], details: {} });
        throw new Error('rolled back');
      }),
    ).rejects.toThrow('rolled back');
    await tell();
    await Promise.all([deliverer().deliver(), deliverer().deliver()]);
    expect(receiver.received).toHaveLength(1);
    const [post] = receiver.received;
    if (post === undefined) return;
    const data = { requester: 'ann', title: 'Grüße', subject, ticketId: subject.id };
    expect(opened(post)).toMatchObject({ type: 'ticket.opened', data });
    expect(() => opened({ ...post, text: post.text.replace('ann', 'bob') })).toThrow();
    const line = await only(id);
    expect(line).toMatchObject({ state: 'delivered', attempts: 1, lastStatus: 204, lastError: null, nextAt: null });
    expect(post.headers['webhook-id']).toBe(line.id);
  });

  it('is tried again after 500, broken connections, nonsense and time-outs under the same id, and arrives', async () => {
    const id = await webhook();
    receiver.plays(
      answers(500, { 'content-type': 'application/json' }, '{"broken": \0\n'),
      (response) => response.socket?.destroy(),
      (response) => response.socket?.end('this is not HTTP'),
      () => undefined,
      answers(302, { location: 'http://127.0.0.1:1/inside' }),
      // 2xx counts, even where the rest of the answer never comes.
      (response) => response.writeHead(200).write('x'),
    );
    await tell();
    const errors: (string | null)[] = [];
    for (let attempt = 1; attempt <= 6; attempt += 1) {
      await deliverer({ timeoutMs: 300 }).deliver();
      const line = await only(id);
      expect(line.attempts).toBe(attempt);
      errors.push(line.lastError);
      if (attempt === 6) break;
      const waitMs = Date.parse(line.nextAt ?? '') - Date.now();
      expect(waitMs).toBeGreaterThan(5_000 * 2 ** (attempt - 1) - 2_000);
      expect(waitMs).toBeLessThanOrEqual(5_000 * 2 ** attempt);
      await dueNow();
    }
    expect(errors[0]).toBe('HTTP 500: {"broken":');
    expect(errors[3]).toContain('no answer within 300 ms');
    expect(errors[4]).toContain('redirects are not followed');
    expect(await only(id)).toMatchObject({ state: 'delivered', lastStatus: 200, lastError: null });
    expect(new Set(idsOf(receiver.received)).size).toBe(1);
    for (const post of receiver.received) expect(opened(post)).toHaveProperty('type', 'ticket.opened');
  });

  it('waits as long as the receiver asked for, an hour at most', async () => {
    const id = await webhook();
    for (const [asked, least, most] of [
      ['120', 118, 132],
      ['86400', 3_590, 3_600],
    ] as const) {
      receiver.plays(answers(429, { 'retry-after': asked }));
      await dueNow();
      if ((await log(id)).length === 0) await tell();
      await deliverer().deliver();
      const seconds = (Date.parse((await only(id)).nextAt ?? '') - Date.now()) / 1000;
      expect(seconds).toBeGreaterThan(least);
      expect(seconds).toBeLessThanOrEqual(most);
    }
  });

  it('is given up after ten attempts, and sent again under its id when somebody asks for it', async () => {
    const id = await webhook();
    receiver.plays(answers(503));
    await tell();
    for (let attempt = 0; attempt < 12; attempt += 1) {
      await deliverer().deliver();
      await dueNow();
    }
    const line = await only(id);
    expect(line).toMatchObject({ state: 'given-up', attempts: 10, lastStatus: 503 });
    expect(receiver.received).toHaveLength(10);
    receiver.plays(answers(200));
    await transact(database.db, (tx) => queueAgain(tx, id, line.id));
    await deliverer().deliver();
    expect(await only(id)).toMatchObject({ id: line.id, state: 'delivered', attempts: 1 });
    expect(new Set(idsOf(receiver.received))).toEqual(new Set([line.id]));
  });

  it('that a killed worker had taken is sent by another, and its late answer changes nothing', async () => {
    const id = await webhook();
    let answerLate = () => undefined as unknown;
    receiver.plays((response) => (answerLate = () => response.writeHead(500).end()), answers(200));
    await tell();
    const dropped = deliverer({ leaseMs: 300 });
    const late = dropped.deliver();
    await arrived(1);
    await deliverer().deliver();
    expect(receiver.received).toHaveLength(1);
    await new Promise((resolve) => setTimeout(resolve, 400));
    await deliverer().deliver();
    expect(idsOf(receiver.received)).toEqual([(await only(id)).id, (await only(id)).id]);
    answerLate();
    await late;
    expect(await only(id)).toMatchObject({ state: 'delivered', attempts: 2, lastStatus: 200 });
  });

  it('goes back at once when its worker stops', async () => {
    const id = await webhook();
    receiver.plays(() => undefined, answers(200));
    await tell();
    const service = deliverer({ intervalMs: 20 });
    await service.start();
    await arrived(1);
    await service.stop();
    expect(await only(id)).toMatchObject({ state: 'pending', attempts: 0 });
    await deliverer().deliver();
    expect(await only(id)).toMatchObject({ state: 'delivered', attempts: 1 });
  });
});

describe('a receiver', () => {
  it('that is slow does not hold up the others', async () => {
    const slow = await startWebhookReceiver();
    slow.plays(() => undefined);
    const slowId = await webhook(slow.url);
    const quickId = await webhook();
    for (let message = 0; message < 20; message += 1) await tell(`message ${message}`);
    const service = deliverer({ concurrency: 6, perRecipient: 3, intervalMs: 20, timeoutMs: 60_000 });
    await service.start();
    await arrived(20);
    expect(slow.received).toHaveLength(3);
    await service.stop();
    expect((await log(quickId)).every((line) => line.state === 'delivered')).toBe(true);
    expect((await log(slowId)).every((line) => line.state === 'pending' && line.attempts === 0)).toBe(true);
    await slow.close();
  });

  it('that answers 410 is disabled with an audit row, and gets nothing more', async () => {
    const id = await webhook();
    receiver.plays(answers(410));
    await tell();
    await tell();
    await deliverer({ perRecipient: 1, concurrency: 1 }).deliver();
    await tell();
    await deliverer().deliver();
    expect(receiver.received).toHaveLength(1);
    expect((await log(id)).map((line) => line.state)).toEqual(['given-up', 'given-up']);
    const { rows } = await sql<{ enabled: boolean }>`select enabled from webhook where id = ${id}`.execute(database.db);
    expect(rows).toEqual([{ enabled: false }]);
    const audit = await database.db.selectFrom('audit').selectAll().where('target', '=', `w-${id}`).execute();
    expect(audit.map((row) => [row.action, row.actor_name])).toEqual([['webhook.update', 'system']]);
  });

  it('that was disabled by hand gets nothing that was queued before', async () => {
    const id = await webhook();
    await tell();
    await transact(database.db, (tx) => changeWebhook(tx, id, { enabled: false }));
    await deliverer().deliver();
    expect(receiver.received).toEqual([]);
    expect(await only(id)).toMatchObject({ state: 'given-up', lastError: 'The webhook was disabled' });
  });
});

describe('a webhook', () => {
  it('that was disabled or deleted while a message was being announced gets nothing, and the message does not wait', async () => {
    const [disabled, deleted] = [await webhook(), uuidv7()];
    await transact(database.db, async (tx) => {
      await changeWebhook(tx, disabled, { enabled: false });
      const id = uuidv7();
      await storeAnnouncement(tx, { id, kind: 'ticket.opened', subject, title: 'late', details: {} });
      await queueDeliveries(tx, { channel: 'webhook', recipients: [disabled, deleted], announcementId: id });
    });
    await deliverer().deliver();
    expect(receiver.received).toEqual([]);
    expect(await only(disabled)).toMatchObject({ state: 'given-up', lastError: 'The webhook was disabled' });
    expect(await only(deleted)).toMatchObject({ state: 'given-up', lastError: 'The webhook was deleted' });
  });
});

describe('an address that is not public', () => {
  const resolvesTo =
    (...addresses: string[]): LookupFunction =>
    (_name, options, callback) => {
      const all = addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
      if (options.all === true) callback(null, all);
      else callback(null, all[0]?.address ?? '', all[0]?.family ?? 4);
    };

  it.each([
    ['a literal', () => receiver.url, undefined],
    ['a literal of IPv6', () => `http://[::ffff:127.0.0.1]:${receiver.port}/`, undefined],
    ['localhost', () => `http://localhost:${receiver.port}/`, undefined],
    ['a name that leads to loopback', () => `http://hook.example:${receiver.port}/`, resolvesTo('127.0.0.1')],
    ['a name that leads there too', () => `http://hook.example:${receiver.port}/`, resolvesTo('1.1.1.1', '127.0.0.1')],
    ['a name under https', () => `https://hook.example:${receiver.port}/`, resolvesTo('10.0.0.1')],
    ['metadata of a cloud', () => 'http://hook.example/latest', resolvesTo('169.254.169.254')],
  ])('is refused when it is dialled, at once and with the reason: %s', async (_what, url, lookup) => {
    const id = await webhook(url());
    await tell();
    await guarded(lookup).deliver();
    const line = await only(id);
    expect(line).toMatchObject({ state: 'given-up', attempts: 1, lastStatus: null });
    expect(line.lastError).toMatch(/^Refused, not a public address/);
    expect(receiver.received).toEqual([]);
  });

  it('is refused at the later attempt too, where its name led elsewhere before', async () => {
    const id = await webhook(`http://hook.example:${receiver.port}/`);
    await tell();
    const unreachable: LookupFunction = (_name, _options, callback) =>
      callback(Object.assign(new Error('getaddrinfo EAI_AGAIN'), { code: 'EAI_AGAIN' }), '', 4);
    await guarded(unreachable).deliver();
    expect(await only(id)).toMatchObject({ state: 'pending', lastError: 'getaddrinfo EAI_AGAIN' });
    await dueNow();
    await guarded(resolvesTo('127.0.0.1')).deliver();
    expect(await only(id)).toMatchObject({ state: 'given-up' });
    expect(receiver.received).toEqual([]);
  });

  it('is not gone to by a redirect', async () => {
    const inside = await startWebhookReceiver();
    const id = await webhook();
    await tell();
    for (const status of [301, 302, 303, 307, 308]) {
      receiver.plays(answers(status, { location: inside.url }));
      await dueNow();
      await deliverer().deliver();
      expect(await only(id)).toMatchObject({ state: 'pending', lastStatus: status });
    }
    expect(inside.received).toEqual([]);
    await inside.close();
  });
});

describe('channels', () => {
  const queueFor = (channel: string, recipients: string[]) =>
    transact(database.db, async (tx) => {
      const id = uuidv7();
      await storeAnnouncement(tx, { id, kind: 'ticket.opened', subject, title: 'Grüße', details: {} });
      return queueDeliveries(tx, { channel, recipients, announcementId: id });
    });
  const rowsOf = (channel: string) =>
    database.db.selectFrom('delivery').selectAll().where('channel', '=', channel).orderBy('recipient').execute();
  const senderThat = (deliver: Sender['deliver']): Sender => ({ deliver, unwanted: () => Promise.resolve() });

  it('do not hold up each other: one whose every message fails or hangs, however many wait', async () => {
    const hook = await webhook();
    const rooms = Array.from({ length: 12 }, (_, room) => `room ${room}`);
    await queueFor('broken', rooms);
    await queueFor('hanging', rooms);
    for (let message = 0; message < 5; message += 1) await tell(`message ${message}`);
    const senders = {
      broken: senderThat(() => Promise.reject(new Error('out of order'))),
      hanging: senderThat(
        (_room, _message, signal) =>
          new Promise((_resolve, reject) =>
            signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true }),
          ),
      ),
      ...createSenders({ db: database.db, secrets, allowPrivateNetworks: true }),
    };
    const service = createDeliverer(
      { db: database.db, maintenance: database.maintenance, logger: silentLogger, senders },
      { concurrency: 3, intervalMs: 20, timeoutMs: 60_000 },
    );
    await service.start();
    await arrived(5);
    await eventually(
      'every message of the broken channel has failed once',
      async () => (await rowsOf('broken')).every(({ last_error }) => last_error === 'Not sent: out of order'),
      { withinMs: 5_000 },
    );
    await service.stop();
    expect((await log(hook)).map(({ state }) => state)).toEqual(Array(5).fill('delivered'));
    expect((await rowsOf('broken')).every(({ state, attempts }) => state === 'pending' && attempts === 1)).toBe(true);
    expect((await rowsOf('hanging')).every(({ state, attempts }) => state === 'pending' && attempts === 0)).toBe(true);
  });

  it("keep what the provider calls each recipient's message", async () => {
    await queueFor('chat', ['room a', 'room b', 'room c']);
    const chat = senderThat((room, { id, title }) =>
      Promise.resolve(
        room === 'room c'
          ? { outcome: 'give-up', error: 'no such room' }
          : { outcome: 'delivered', messageId: `${room}: ${title} (${id})` },
      ),
    );
    await createDeliverer({
      db: database.db,
      maintenance: database.maintenance,
      logger: silentLogger,
      senders: { chat },
    }).deliver();
    const rows = await rowsOf('chat');
    expect(rows.map(({ provider_message_id }) => provider_message_id)).toEqual([
      `room a: Grüße (${rows[0]?.id})`,
      `room b: Grüße (${rows[1]?.id})`,
      null,
    ]);
    expect(rows.map(({ state }) => state)).toEqual(['delivered', 'delivered', 'given-up']);
  });

  it('are told about any subject: a task reaches the webhook as it reaches the inbox', async () => {
    const hook = await webhook();
    await sql`insert into "user" (id, name, email, "emailVerified", "createdAt", "updatedAt")
      values ('t', 't', 't@x', true, now(), now())`.execute(database.db);
    const task = { noun: 'task', id: uuidv7() } as const;
    await transact(database.db, (tx) =>
      announce(tx, { kind: 'ticket.ended', subject: task, title: 'nightly', userIds: ['t'], details: {} }),
    );
    await deliverer().deliver();
    const [post] = receiver.received;
    if (post === undefined) throw new Error('nothing arrived');
    expect(opened(post)).toMatchObject({ data: { title: 'nightly', subject: task, taskId: task.id } });
    expect((await only(hook)).body.data).not.toHaveProperty('ticketId');
    const inbox = await listInbox(database.db, { userId: 't', unread: true, before: undefined, limit: 10 });
    expect(inbox).toMatchObject([{ subject: task, title: 'nightly' }]);
    expect(await database.db.selectFrom('announcement').selectAll().execute()).toHaveLength(1);
  });
});

describe('the deliverer', () => {
  it('sends nothing under a secret that it cannot open, says so, and sends it once it can', async () => {
    const id = await webhook();
    await tell();
    const stranger = openSecretBox({ SIGNALBOX_DATA: join(folder, 'none'), SIGNALBOX_SECRET_KEY_FILE: '' });
    await delivererWith({ secrets: stranger }).deliver();
    const line = await only(id);
    expect(line).toMatchObject({ state: 'pending' });
    expect(line.lastError).toContain('is not there');
    await dueNow();
    await deliverer().deliver();
    expect(await only(id)).toMatchObject({ state: 'delivered' });
  });

  it('forgets old messages and ended deliveries, and keeps what waits', async () => {
    const id = await webhook(receiver.url, ['ticket.opened']);
    for (const state of ['delivered', 'given-up', 'pending']) {
      await tell();
      await sql`update delivery set state = ${state}, created_at = now() - interval '31 days',
        next_at = now() + interval '1 hour' where created_at > now() - interval '1 day'`.execute(database.db);
    }
    await sql`insert into "user" (id, name, email, "emailVerified", "createdAt", "updatedAt")
      values ('u', 'u', 'u@x', true, now(), now())`.execute(database.db);
    for (const days of [89, 91]) {
      await transact(database.db, (tx) =>
        announce(tx, { kind: 'ticket.ended', subject, title: `${days}`, userIds: ['u'], details: {} }),
      );
      await sql`update announcement set created_at = now() - make_interval(days => ${days})
        where title = ${`${days}`}`.execute(database.db);
    }
    await deliverer().deliver();
    expect((await log(id)).map((line) => line.state)).toEqual(['pending']);
    const inbox = await listInbox(database.db, { userId: 'u', unread: false, before: undefined, limit: 10 });
    expect(inbox.map(({ title }) => title)).toEqual(['89']);
  });

  it('shares the work: several take each message once', async () => {
    await webhook();
    for (let message = 0; message < 12; message += 1) await tell();
    const options = { limit: 8, perRecipient: 8, leaseMs: 60_000, busy: new Map<string, number>() };
    const taken = await Promise.all([1, 2, 3, 4].map(() => claimDeliveries(database.db, 'webhook', options)));
    const ids = taken.flat().map(({ message }) => message.id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.length).toBeGreaterThanOrEqual(8);
  });
});
