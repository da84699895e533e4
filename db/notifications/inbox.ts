import { sql } from 'kysely';
import type { Database } from '#db/database.ts';
import type { AnnouncementKind } from '#domain/names.ts';

/** One message as its reader sees it. */
export interface InboxMessage {
  readonly id: string;
  readonly kind: AnnouncementKind;
  readonly ticketId: string | null;
  readonly title: string;
  readonly details: Record<string, unknown>;
  readonly createdAt: string;
  readonly readAt: string | null;
}

/** A user's messages, newest first, after the one with id `before`. */
export async function listInbox(
  db: Database,
  query: { userId: string; unread: boolean; before: string | undefined; limit: number },
): Promise<InboxMessage[]> {
  const rows = await db
    .selectFrom('notification')
    .select(['id', 'kind', 'ticket_id', 'title', 'details', 'created_at', 'read_at'])
    .where('user_id', '=', query.userId)
    .$if(query.unread, (select) => select.where('read_at', 'is', null))
    .$if(query.before !== undefined, (select) => select.where('id', '<', query.before ?? ''))
    .orderBy('id', 'desc')
    .limit(query.limit)
    .execute();
  return rows.map((row) => ({
    ...{ id: row.id, kind: row.kind as AnnouncementKind, ticketId: row.ticket_id, title: row.title },
    details: row.details,
    createdAt: row.created_at.toISOString(),
    readAt: row.read_at?.toISOString() ?? null,
  }));
}

/** How many messages of a user are unread. */
export async function countUnread(db: Database, userId: string): Promise<number> {
  const { count } = await db
    .selectFrom('notification')
    .select(sql<string>`count(*)`.as('count'))
    .where('user_id', '=', userId)
    .where('read_at', 'is', null)
    .executeTakeFirstOrThrow();
  return Number(count);
}
