import { sql } from 'kysely';
import { v7 as uuidv7 } from 'uuid';
import { appendAudit } from '#ledger/audit/append-audit.ts';
import type { Database, Tx } from '#db/database.ts';
import type { AnnouncementKind } from '#domain/names.ts';
import type { MessageBody } from '#domain/notifications/channel.ts';

/** A message that its taker has to send now. `attempt` counts from 1, this one included. */
export interface ClaimedDelivery {
  readonly id: string;
  readonly webhookId: string;
  readonly attempt: number;
  readonly body: MessageBody;
  readonly url: string;
  /** Sealed. */
  readonly secret: string;
}

/** Queues a message for every webhook that wants this kind, once each. */
export async function queueForWebhooks(tx: Tx, kind: AnnouncementKind, body: MessageBody): Promise<void> {
  const { rows } = await sql<{ id: string }>`
    select id from webhook where enabled and (kinds = '{}' or ${kind} = any (kinds)) order by id`.execute(tx);
  if (rows.length === 0) return;
  await tx
    .insertInto('webhook_delivery')
    .values(rows.map(({ id }) => newDelivery(id, kind, body)))
    .execute();
}

/** The row of a new message to one webhook. */
export function newDelivery(webhookId: string, kind: string, body: MessageBody) {
  return { id: uuidv7(), webhook_id: webhookId, kind, body: JSON.stringify(body), last_status: null, last_error: null };
}

/**
 * Takes due messages of enabled webhooks for `leaseMs`: whoever took them and is heard of no more by then has lost them
 * to the next. Several may take at a time (SKIP LOCKED). Per webhook it takes `perWebhook` at most, less what `busy` says
 * is on its way already, so that a slow one cannot use up `limit`.
 */
export async function claimDeliveries(
  db: Database,
  options: { limit: number; perWebhook: number; leaseMs: number; busy: ReadonlyMap<string, number> },
): Promise<ClaimedDelivery[]> {
  const { limit, perWebhook, leaseMs, busy } = options;
  const { rows } = await sql<ClaimedDelivery>`
    with due as materialized (
      select mine.id from webhook w
      left join unnest(${[...busy.keys()]}::uuid[], ${[...busy.values()]}::int[]) as busy (id, n) on busy.id = w.id
      cross join lateral (
        select d.id, d.next_at from webhook_delivery d
        where d.webhook_id = w.id and d.state = 'pending' and d.next_at <= now()
        order by d.next_at limit greatest(0, ${perWebhook}::int - coalesce(busy.n, 0))
        for no key update skip locked) as mine
      where w.enabled order by mine.next_at limit ${limit})
    update webhook_delivery d
    set attempts = attempts + 1, next_at = now() + make_interval(secs => ${leaseMs / 1000})
    from due, webhook w where d.id = due.id and w.id = d.webhook_id
    returning d.id, d.webhook_id as "webhookId", d.attempts as attempt, d.body, w.url, w.secret`.execute(db);
  return rows;
}

/** It arrived. That holds even where the taker's time was over, or the message was given up meanwhile. */
export async function markDelivered(db: Database, id: string, status: number | undefined): Promise<void> {
  await db
    .updateTable('webhook_delivery')
    .set({ state: 'delivered', delivered_at: sql<Date>`now()`, last_status: status ?? null, last_error: null })
    .where('id', '=', id)
    .where('state', '<>', 'delivered')
    .execute();
}

/** This attempt failed: again after `retryMs`, or never (undefined). Says nothing where another attempt has begun. */
export async function markFailed(
  db: Database,
  delivery: Pick<ClaimedDelivery, 'id' | 'attempt'>,
  failure: { retryMs: number | undefined; status: number | undefined; error: string },
): Promise<void> {
  const { retryMs, status, error } = failure;
  await db
    .updateTable('webhook_delivery')
    .set({
      last_status: status ?? null,
      last_error: error,
      ...(retryMs === undefined
        ? { state: 'given-up' as const }
        : { next_at: sql<Date>`now() + make_interval(secs => ${retryMs / 1000})` }),
    })
    .where('id', '=', delivery.id)
    .where('state', '=', 'pending')
    .where('attempts', '=', delivery.attempt)
    .execute();
}

/** Puts a message back as if it had not been taken: its taker stops. */
export async function putBack(db: Database, delivery: Pick<ClaimedDelivery, 'id' | 'attempt'>): Promise<void> {
  await db
    .updateTable('webhook_delivery')
    .set({ next_at: sql<Date>`now()`, attempts: delivery.attempt - 1 })
    .where('id', '=', delivery.id)
    .where('state', '=', 'pending')
    .where('attempts', '=', delivery.attempt)
    .execute();
}

/** Disables a webhook whose receiver wants no more, with an audit row; does nothing where it is disabled already. */
export async function disableUnwanted(db: Database, webhookId: string): Promise<void> {
  await db.transaction().execute(async (tx) => {
    const disabled = await tx
      .updateTable('webhook')
      .set({ enabled: false })
      .where('id', '=', webhookId)
      .where('enabled', '=', true)
      .returning('name')
      .executeTakeFirst();
    await giveUpPending(tx, webhookId, 'The receiver answered 410: the webhook is disabled');
    if (disabled === undefined) return;
    const details = { id: webhookId, enabled: false, reason: 'the receiver answered 410' };
    await appendAudit(tx, {
      actor: { id: null, name: 'system' },
      action: 'webhook.update',
      target: disabled.name,
      details,
    });
  });
}

/** Gives up what waits to be sent to a webhook. */
export async function giveUpPending(tx: Tx, webhookId: string, why: string): Promise<void> {
  await tx
    .updateTable('webhook_delivery')
    .set({ state: 'given-up', last_error: why })
    .where('webhook_id', '=', webhookId)
    .where('state', '=', 'pending')
    .execute();
}

/** Forgets messages of inboxes after 90 days, and after 30 days deliveries that ended (or whose webhook is disabled). */
export async function pruneNotifications(db: Database): Promise<void> {
  await sql`delete from notification where created_at < now() - interval '90 days'`.execute(db);
  await sql`delete from webhook_delivery d using webhook w
    where w.id = d.webhook_id and d.created_at < now() - interval '30 days'
      and (d.state <> 'pending' or not w.enabled)`.execute(db);
}
