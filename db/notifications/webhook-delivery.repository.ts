import { type Selectable, sql } from 'kysely';
import type { Database, Tx } from '#db/database.ts';
import { Problem } from '#domain/errors.ts';
import { type MessageBody, type MessageKind, testKind } from '#domain/notifications/channel.ts';
import { newDelivery } from './delivery-queue.repository.ts';
import type { WebhookDeliveryTable } from './notification.table.ts';
import type { DeliveryState } from './webhook.repository.ts';

/** One line of the delivery log. */
export interface DeliveryLine {
  readonly id: string;
  readonly kind: MessageKind;
  readonly state: DeliveryState;
  readonly attempts: number;
  readonly nextAt: string | null;
  readonly lastStatus: number | null;
  readonly lastError: string | null;
  readonly body: Record<string, unknown>;
  readonly createdAt: string;
  readonly deliveredAt: string | null;
}

/** Deliveries of a webhook, newest first, after the one with id `before`. */
export async function listDeliveries(
  db: Database,
  query: { webhookId: string; state: DeliveryState | undefined; before: string | undefined; limit: number },
): Promise<DeliveryLine[]> {
  const { webhookId, state, before, limit } = query;
  const rows = await db
    .selectFrom('webhook_delivery')
    .selectAll()
    .where('webhook_id', '=', webhookId)
    .$if(state !== undefined, (select) => select.where('state', '=', state ?? 'pending'))
    .$if(before !== undefined, (select) => select.where('id', '<', before ?? ''))
    .orderBy('id', 'desc')
    .limit(limit)
    .execute();
  return rows.map(lineOf);
}

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
  return lineOf(row);
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
  return lineOf(row);
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

function lineOf(row: Selectable<WebhookDeliveryTable>): DeliveryLine {
  return {
    ...{ id: row.id, kind: row.kind as MessageKind, state: row.state, attempts: row.attempts, body: row.body },
    nextAt: row.state === 'pending' ? row.next_at.toISOString() : null,
    lastStatus: row.last_status,
    lastError: row.last_error,
    createdAt: row.created_at.toISOString(),
    deliveredAt: row.delivered_at?.toISOString() ?? null,
  };
}
