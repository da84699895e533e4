import { sql } from 'kysely';
import { v7 as uuidv7 } from 'uuid';
import { type Announced, messageOf } from '#db/notifications/messages.ts';
import type { Database, Tx } from '#db/database.ts';
import type { ChannelMessage } from '#domain/notifications/channel.ts';

/** A message that its taker has to send now. `attempt` counts from 1, this one included. */
export interface ClaimedDelivery {
  readonly recipient: string;
  readonly attempt: number;
  /** Under the delivery's id. */
  readonly message: ChannelMessage;
}

/** Which attempt at which delivery. */
interface Attempt {
  readonly id: string;
  readonly attempt: number;
}

/** Keeps what is told, for all who are told of it. */
export async function storeAnnouncement(tx: Tx, announcement: Omit<ChannelMessage, 'at'>): Promise<void> {
  const { id, kind, subject, title, details } = announcement;
  await tx
    .insertInto('announcement')
    .values({
      id,
      kind,
      subject_noun: subject.noun,
      subject_id: subject.id,
      title,
      details: JSON.stringify(details),
    })
    .execute();
}

/** Queues an announcement for these recipients of a channel, once each. Their deliveries' ids, in the same order. */
export async function queueDeliveries(
  tx: Tx,
  queued: { channel: string; recipients: readonly string[]; announcementId: string },
): Promise<string[]> {
  const { channel, recipients, announcementId } = queued;
  const rows = recipients.map((recipient) => ({ id: uuidv7(), channel, recipient, announcement_id: announcementId }));
  await tx.insertInto('delivery').values(rows).execute();
  return rows.map(({ id }) => id);
}

/**
 * Takes due messages of a channel for `leaseMs`: whoever took them and is heard of no more by then has lost them to the
 * next. Several may take at a time (SKIP LOCKED). Per recipient it takes `perRecipient` at most, less what `busy` says is
 * on its way already, so that a slow one cannot use up `limit`.
 */
export async function claimDeliveries(
  db: Database,
  channel: string,
  options: { limit: number; perRecipient: number; leaseMs: number; busy: ReadonlyMap<string, number> },
): Promise<ClaimedDelivery[]> {
  const { limit, perRecipient, leaseMs, busy } = options;
  // Recipients are found by one look into the index each, however much waits for them.
  const { rows } = await sql<Announced & Attempt & { recipient: string }>`
    with recursive waiting (recipient) as (
      select min(recipient) from delivery where channel = ${channel} and state = 'pending'
      union all
      select (select min(d.recipient) from delivery d
        where d.channel = ${channel} and d.state = 'pending' and d.recipient > waiting.recipient)
      from waiting where waiting.recipient is not null),
    due as materialized (
      select mine.id from waiting
      left join unnest(${[...busy.keys()]}::text[], ${[...busy.values()]}::int[]) as busy (recipient, n)
        on busy.recipient = waiting.recipient
      cross join lateral (
        select d.id, d.next_at from delivery d
        where d.channel = ${channel} and d.recipient = waiting.recipient and d.state = 'pending' and d.next_at <= ledger_now()
        order by d.next_at limit greatest(0, ${perRecipient}::int - coalesce(busy.n, 0))
        for no key update skip locked) as mine
      order by mine.next_at limit ${limit})
    update delivery d
    set attempts = attempts + 1, next_at = ledger_now() + make_interval(secs => ${leaseMs / 1000})
    from due, announcement a where d.id = due.id and a.id = d.announcement_id
    returning d.id, d.recipient, d.attempts as attempt,
      a.kind, a.subject_noun, a.subject_id, a.title, a.details, a.created_at as announced_at`.execute(db);
  return rows.map((row) => ({
    recipient: row.recipient,
    attempt: row.attempt,
    message: messageOf(row.id, row),
  }));
}

/** It arrived. That holds even where the taker's time was over, or the message was given up meanwhile. */
export async function markDelivered(
  db: Database,
  id: string,
  answer: { status?: number | undefined; messageId?: string | undefined },
): Promise<void> {
  await db
    .updateTable('delivery')
    .set({
      state: 'delivered',
      delivered_at: sql<Date>`ledger_now()`,
      last_status: answer.status ?? null,
      last_error: null,
      provider_message_id: answer.messageId ?? null,
    })
    .where('id', '=', id)
    .where('state', '<>', 'delivered')
    .execute();
}

/** This attempt failed: again after `retryMs`, or never (undefined). Says nothing where another attempt has begun. */
export async function markFailed(
  db: Database,
  { id, attempt }: Attempt,
  failure: { retryMs: number | undefined; status: number | undefined; error: string },
): Promise<void> {
  const { retryMs, status, error } = failure;
  await db
    .updateTable('delivery')
    .set({ last_status: status ?? null, last_error: error })
    .$if(retryMs === undefined, (update) => update.set({ state: 'given-up' }))
    .$if(retryMs !== undefined, (update) =>
      update.set({ next_at: sql<Date>`ledger_now() + make_interval(secs => ${(retryMs ?? 0) / 1000})` }),
    )
    .where('id', '=', id)
    .where('state', '=', 'pending')
    .where('attempts', '=', attempt)
    .execute();
}

/** Puts a message back as if it had not been taken: its taker stops. */
export async function putBack(db: Database, { id, attempt }: Attempt): Promise<void> {
  await db
    .updateTable('delivery')
    .set({ next_at: sql<Date>`ledger_now()`, attempts: attempt - 1 })
    .where('id', '=', id)
    .where('state', '=', 'pending')
    .where('attempts', '=', attempt)
    .execute();
}

/** Gives up what waits to be sent to a recipient. */
export async function giveUpPending(tx: Tx, to: { channel: string; recipient: string }, why: string): Promise<void> {
  await tx
    .updateTable('delivery')
    .set({ state: 'given-up', last_error: why })
    .where('channel', '=', to.channel)
    .where('recipient', '=', to.recipient)
    .where('state', '=', 'pending')
    .execute();
}

/** Forgets announcements after 90 days, with all who were told of them, and deliveries that ended after 30 days. */
export async function pruneAnnouncements(db: Database): Promise<void> {
  await sql`delete from delivery where state <> 'pending' and created_at < ledger_now() - interval '30 days'`.execute(
    db,
  );
  await sql`delete from announcement where created_at < ledger_now() - interval '90 days'`.execute(db);
}
