import type { Database } from '#db/database.ts';
import type { MessageKind } from '#domain/notifications/channel.ts';
import { type WebhookBody, webhookBodyOf } from '#domain/notifications/webhook-message.ts';
import { announcedColumns, messageOf } from './messages.ts';
import type { DeliveryState } from './tables.ts';

/** One line of a webhook's delivery log. */
export interface DeliveryLine {
  readonly id: string;
  readonly kind: MessageKind;
  readonly state: DeliveryState;
  readonly attempts: number;
  readonly nextAt: string | null;
  readonly lastStatus: number | null;
  readonly lastError: string | null;
  /** What the webhook is sent. */
  readonly body: WebhookBody;
  readonly createdAt: string;
  readonly deliveredAt: string | null;
}

/** Deliveries of a webhook, newest first, after the one with id `before`. */
export async function listDeliveries(
  db: Database,
  query: { webhookId: string; state: DeliveryState | undefined; before: string | undefined; limit: number },
): Promise<DeliveryLine[]> {
  const { webhookId, state, before, limit } = query;
  const rows = await deliveries(db)
    .where('delivery.recipient', '=', webhookId)
    .$if(state !== undefined, (select) => select.where('delivery.state', '=', state ?? 'pending'))
    .$if(before !== undefined, (select) => select.where('delivery.id', '<', before ?? ''))
    .orderBy('delivery.id', 'desc')
    .limit(limit)
    .execute();
  return rows.map(deliveryLineOf);
}

/** One delivery to a webhook, which is there. */
export async function readDelivery(db: Database, id: string): Promise<DeliveryLine> {
  return deliveryLineOf(await deliveries(db).where('delivery.id', '=', id).executeTakeFirstOrThrow());
}

function deliveries(db: Database) {
  return db
    .selectFrom('delivery')
    .innerJoin('announcement', 'announcement.id', 'delivery.announcement_id')
    .select(['delivery.id', 'state', 'attempts', 'next_at', 'last_status', 'last_error', 'delivered_at'])
    .select(['delivery.created_at', ...announcedColumns])
    .where('delivery.channel', '=', 'webhook');
}

type DeliveryRow = Awaited<ReturnType<ReturnType<typeof deliveries>['executeTakeFirstOrThrow']>>;

function deliveryLineOf(row: DeliveryRow): DeliveryLine {
  const message = messageOf(row.id, row);
  return {
    id: row.id,
    kind: message.kind,
    state: row.state,
    attempts: row.attempts,
    nextAt: row.state === 'pending' ? row.next_at.toISOString() : null,
    lastStatus: row.last_status,
    lastError: row.last_error,
    body: webhookBodyOf(message),
    createdAt: row.created_at.toISOString(),
    deliveredAt: row.delivered_at?.toISOString() ?? null,
  };
}
