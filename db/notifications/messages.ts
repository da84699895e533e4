import type { Selectable } from 'kysely';
import type { SubjectNoun } from '#domain/names.ts';
import type { ChannelMessage, MessageKind } from '#domain/notifications/channel.ts';
import type { AnnouncementTable } from './tables.ts';

/** What a message says: the columns of its announcement. */
export type Announced = Omit<Selectable<AnnouncementTable>, 'id' | 'created_at'> & { readonly announced_at: Date };

/** The columns of `Announced`, for queries that join `announcement`. */
export const announcedColumns = [
  'announcement.kind',
  'announcement.subject_noun',
  'announcement.subject_id',
  'announcement.title',
  'announcement.details',
  'announcement.created_at as announced_at',
] as const;

/** An announcement as the message with this id. */
export function messageOf(id: string, row: Announced): ChannelMessage {
  return {
    id,
    kind: row.kind as MessageKind,
    subject: { noun: row.subject_noun as SubjectNoun, id: row.subject_id },
    title: row.title,
    details: row.details,
    at: row.announced_at.toISOString(),
  };
}
