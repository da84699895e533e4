import { sql } from 'kysely';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { listInbox } from '#db/notifications/inbox.ts';
import { listDeliveries } from '#db/notifications/webhook-deliveries.ts';
import type { Announcement } from '#domain/notifications/announcement.ts';
import { createTestDatabase, type TestDatabase } from '#tests/support/database.ts';
import { announce } from './announce.ts';
import { deleteWebhook, insertWebhook } from './webhooks.ts';
import { transact } from '#ledger/kernel/transact.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  await sql`insert into "user" (id, name, email, "emailVerified", "createdAt", "updatedAt")
    select name, name, name || '@x', true, now(), now() from unnest(array['ann', 'bob']) as people (name)`.execute(
    database.db,
  );
});
afterAll(() => database.remove());
afterEach(async () => {
  for (const table of ['announcement', 'webhook'] as const) await database.db.deleteFrom(table).execute();
});

const task = { noun: 'task', id: uuidv7() } as const;
const tell = (more: Partial<Announcement> = {}) =>
  transact(database.db, (tx) =>
    announce(tx, {
      kind: 'ticket.ended',
      subject: task,
      title: 'nightly',
      userIds: [],
      details: { state: 'done' },
      ...more,
    }),
  );
async function webhook(kinds: string[] = []): Promise<string> {
  const id = uuidv7();
  await transact(database.db, (tx) =>
    insertWebhook(tx, { id, name: id, url: 'https://hooks.example', secret: 'sealed', kinds, createdBy: 'ann' }),
  );
  return id;
}
const inboxOf = (userId: string) => listInbox(database.db, { userId, unread: false, before: undefined, limit: 10 });
const logOf = (webhookId: string) =>
  listDeliveries(database.db, { webhookId, state: undefined, before: undefined, limit: 10 });
const stored = () => database.db.selectFrom('announcement').selectAll().execute();

describe('announce', () => {
  it('stores what is told once, and a row for each who is told, about any subject', async () => {
    const hooks = [await webhook(), await webhook(['ticket.ended']), await webhook(['ticket.opened'])];
    await tell({ userIds: ['ann', 'bob', 'ann', 'nobody'] });
    expect(await stored()).toMatchObject([{ kind: 'ticket.ended', subject_noun: 'task', subject_id: task.id }]);
    for (const user of ['ann', 'bob']) {
      const message = { kind: 'ticket.ended', subject: task, title: 'nightly', details: { state: 'done' } };
      expect(await inboxOf(user)).toMatchObject([{ ...message, readAt: null }]);
      expect(await inboxOf(user)).toHaveLength(1);
    }
    const logs = await Promise.all(hooks.map(logOf));
    expect(logs.map((log) => log.map(({ state }) => state))).toEqual([['pending'], ['pending'], []]);
    const data = { state: 'done', title: 'nightly', subject: task, taskId: task.id };
    expect(logs[0]?.[0]?.body).toMatchObject({ type: 'ticket.ended', data });
  });

  it('leaves nothing where nobody listens', async () => {
    await webhook(['ticket.opened']);
    await tell();
    expect(await stored()).toEqual([]);
  });

  it('is forgotten for a webhook with that webhook alone', async () => {
    const [gone, left] = [await webhook(), await webhook()];
    await tell({ userIds: ['bob'] });
    await transact(database.db, (tx) => deleteWebhook(tx, gone));
    expect([await logOf(gone), await logOf(left)]).toMatchObject([[], [{ state: 'pending' }]]);
    expect(await inboxOf('bob')).toHaveLength(1);
  });
});
