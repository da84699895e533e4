import { type Selectable } from 'kysely';
import type { Database } from '#db/database.ts';
import type { MessageKind } from '#domain/notifications/channel.ts';
import type { WebhookDeliveryTable } from './tables.ts';
import type { DeliveryState } from './webhooks.ts';

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
  return rows.map(deliveryLineOf);
}

/** A row as a line of the log. */
export function deliveryLineOf(row: Selectable<WebhookDeliveryTable>): DeliveryLine {
  return {
    ...{ id: row.id, kind: row.kind as MessageKind, state: row.state, attempts: row.attempts, body: row.body },
    nextAt: row.state === 'pending' ? row.next_at.toISOString() : null,
    lastStatus: row.last_status,
    lastError: row.last_error,
    createdAt: row.created_at.toISOString(),
    deliveredAt: row.delivered_at?.toISOString() ?? null,
  };
}
