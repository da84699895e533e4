import { sql } from 'kysely';
import { v7 as uuidv7 } from 'uuid';
import { type DeliveryLine, readDelivery } from '#db/notifications/webhook-deliveries.ts';
import type { Tx } from '#db/database.ts';
import { Problem } from '#domain/errors.ts';
import { testKind } from '#domain/notifications/channel.ts';
import { because } from '#domain/reasons.ts';
import { queueDeliveries, storeAnnouncement } from './delivery-queue.ts';

/** Queues a test message. A disabled webhook: Problem. */
export async function queueTest(tx: Tx, webhookId: string, byName: string): Promise<DeliveryLine> {
  const { name } = await lockEnabled(tx, webhookId);
  const announcementId = uuidv7();
  await storeAnnouncement(tx, {
    id: announcementId,
    kind: testKind,
    subject: { noun: 'webhook', id: webhookId },
    title: `Test of webhook ${name}`,
    details: { webhook: name, by: byName },
  });
  const [id = ''] = await queueDeliveries(tx, { channel: 'webhook', recipients: [webhookId], announcementId });
  return readDelivery(tx, id);
}

/** Queues a message that was delivered or given up once more, under its id. One that still waits: Problem. */
export async function queueAgain(tx: Tx, webhookId: string, id: string): Promise<DeliveryLine> {
  await lockEnabled(tx, webhookId);
  const found = await tx
    .selectFrom('delivery')
    .select('state')
    .where('channel', '=', 'webhook')
    .where('recipient', '=', webhookId)
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst();
  if (found === undefined) throw new Problem('not-found', because('no-such-delivery'));
  if (found.state === 'pending') {
    throw new Problem('not-in-this-state', because('delivery-pending'));
  }
  await tx
    .updateTable('delivery')
    .set({ state: 'pending', attempts: 0, next_at: sql<Date>`ledger_now()`, delivered_at: null })
    .where('id', '=', id)
    .execute();
  return readDelivery(tx, id);
}

async function lockEnabled(tx: Tx, webhookId: string): Promise<{ name: string }> {
  const webhook = await tx
    .selectFrom('webhook')
    .select(['name', 'enabled'])
    .where('id', '=', webhookId)
    .forShare()
    .executeTakeFirst();
  if (webhook === undefined) throw new Problem('not-found', because('no-such-webhook', { webhook: webhookId }));
  if (!webhook.enabled) {
    throw new Problem('not-in-this-state', because('webhook-disabled', { webhook: webhook.name }));
  }
  return webhook;
}
