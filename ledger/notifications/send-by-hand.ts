import { sql } from 'kysely';
import { type DeliveryLine, deliveryLineOf } from '#db/notifications/webhook-deliveries.ts';
import type { Tx } from '#db/database.ts';
import { Problem } from '#domain/errors.ts';
import { type MessageBody, testKind } from '#domain/notifications/channel.ts';
import { newDelivery } from './delivery-queue.ts';

/** Queues a test message. A disabled webhook: Problem. */
export async function queueTest(tx: Tx, webhookId: string, byName: string): Promise<DeliveryLine> {
  const { name } = await lockEnabled(tx, webhookId);
  const body: MessageBody = {
    type: testKind,
    timestamp: new Date().toISOString(),
    data: { title: `Test of webhook ${name}`, webhook: name, by: byName },
  };
  const row = await tx
    .insertInto('webhook_delivery')
    .values(newDelivery(webhookId, testKind, body))
    .returningAll()
    .executeTakeFirstOrThrow();
  return deliveryLineOf(row);
}

/** Queues a message that was delivered or given up once more, under its id. One that still waits: Problem. */
export async function queueAgain(tx: Tx, webhookId: string, id: string): Promise<DeliveryLine> {
  await lockEnabled(tx, webhookId);
  const found = await tx
    .selectFrom('webhook_delivery')
    .select('state')
    .where('webhook_id', '=', webhookId)
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst();
  if (found === undefined) throw new Problem('not-found', 'There is no such delivery', { reason: 'no-such-delivery' });
  if (found.state === 'pending') {
    throw new Problem('not-in-this-state', 'It still waits to be sent', { reason: 'delivery-pending' });
  }
  const row = await tx
    .updateTable('webhook_delivery')
    .set({ state: 'pending', attempts: 0, next_at: sql<Date>`now()`, delivered_at: null })
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow();
  return deliveryLineOf(row);
}

async function lockEnabled(tx: Tx, webhookId: string): Promise<{ name: string }> {
  const webhook = await tx
    .selectFrom('webhook')
    .select(['name', 'enabled'])
    .where('id', '=', webhookId)
    .forShare()
    .executeTakeFirst();
  if (webhook === undefined) throw new Problem('not-found', 'There is no such webhook', { reason: 'no-such-webhook' });
  if (!webhook.enabled) {
    throw new Problem('not-in-this-state', `Webhook ${webhook.name} is disabled`, { reason: 'webhook-disabled' });
  }
  return webhook;
}
