import { sql } from 'kysely';
import type { Database } from '#db/database.ts';
import { isUuid } from '#db/is-uuid.ts';
import type { AnnouncementKind } from '#domain/names.ts';
import type { DeliveryState } from './tables.ts';

/** A webhook as it is shown: without its secret. */
export interface WebhookSummary {
  readonly id: string;
  readonly name: string;
  readonly url: string;
  readonly enabled: boolean;
  readonly kinds: AnnouncementKind[];
  readonly createdBy: string;
  readonly createdAt: string;
  readonly pending: number;
  readonly lastDelivery: { readonly at: string; readonly state: DeliveryState; readonly status: number | null } | null;
}

interface WebhookRow extends Omit<WebhookSummary, 'createdAt' | 'lastDelivery'> {
  readonly createdAt: Date;
  readonly lastAt: Date | null;
  readonly lastState: DeliveryState;
  readonly lastStatus: number | null;
}

const webhookRows = (where: ReturnType<typeof sql>) => sql<WebhookRow>`
  select w.id, w.name, w.url, w.enabled, w.kinds, w.created_by as "createdBy", w.created_at as "createdAt",
    (select count(*)::int from delivery d
      where d.channel = 'webhook' and d.recipient = w.id::text and d.state = 'pending') as pending,
    last.at as "lastAt", last.state as "lastState", last.last_status as "lastStatus"
  from webhook w left join lateral (
    select coalesce(delivered_at, created_at) as at, state, last_status from delivery d
    where d.channel = 'webhook' and d.recipient = w.id::text order by d.id desc limit 1) as last on true
  ${where}`;

/** Webhooks by name, after the one named `after`. */
export async function listWebhooks(
  db: Database,
  query: { after: string | undefined; limit: number },
): Promise<WebhookSummary[]> {
  const where = sql`where w.name > ${query.after ?? ''} order by w.name limit ${query.limit}`;
  return (await webhookRows(where).execute(db)).rows.map(summaryOf);
}

/** One webhook by its id or its name. */
export async function findWebhook(db: Database, idOrName: string): Promise<WebhookSummary | undefined> {
  const where = isUuid(idOrName) ? sql`where w.id = ${idOrName}::uuid` : sql`where w.name = ${idOrName}`;
  return (await webhookRows(where).execute(db)).rows.map(summaryOf)[0];
}

/** Where a webhook's messages go, signed by what: its secret is sealed. Undefined: there is no such webhook (any more). */
export async function findWebhookTarget(
  db: Database,
  id: string,
): Promise<{ url: string; secret: string; enabled: boolean } | undefined> {
  return db.selectFrom('webhook').select(['url', 'secret', 'enabled']).where('id', '=', id).executeTakeFirst();
}

function summaryOf({ lastAt, lastState, lastStatus, createdAt, ...row }: WebhookRow): WebhookSummary {
  return {
    ...row,
    createdAt: createdAt.toISOString(),
    lastDelivery: lastAt === null ? null : { at: lastAt.toISOString(), state: lastState, status: lastStatus },
  };
}
