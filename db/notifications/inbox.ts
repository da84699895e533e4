import { sql } from 'kysely';
import type { Database } from '#db/database.ts';
import type { AnnouncementKind, SubjectNoun } from '#domain/names.ts';
import type { Subject } from '#domain/notifications/announcement.ts';
import { announcedColumns } from './messages.ts';

/** One message as its reader sees it. */
export interface InboxMessage {
  readonly id: string;
  readonly kind: AnnouncementKind;
  readonly subject: Subject;
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
    .innerJoin('announcement', 'announcement.id', 'notification.announcement_id')
    .select(['notification.id', 'notification.read_at', ...announcedColumns])
    .where('user_id', '=', query.userId)
    .$if(query.unread, (select) => select.where('read_at', 'is', null))
    .$if(query.before !== undefined, (select) => select.where('notification.id', '<', query.before ?? ''))
    .orderBy('notification.id', 'desc')
    .limit(query.limit)
    .execute();
  return rows.map((row) => ({
    id: row.id,
    kind: row.kind as AnnouncementKind,
    subject: { noun: row.subject_noun as SubjectNoun, id: row.subject_id },
    title: row.title,
    details: row.details,
    createdAt: row.announced_at.toISOString(),
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
