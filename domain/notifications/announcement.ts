import type { AnnouncementKind, SubjectNoun } from '../names.ts';

/** What is talked about: the thing that this noun and id find. */
export interface Subject {
  readonly noun: SubjectNoun;
  readonly id: string;
}

/** A subject as messages name it: as such, and by a field of its own, `ticketId`. */
export function subjectFields({ noun, id }: Subject): Readonly<Record<string, unknown>> {
  return { subject: { noun, id }, [`${noun}Id`]: id };
}

/** Something that happened, to be told to these people and to whoever else listens to its kind. */
export interface Announcement {
  readonly kind: AnnouncementKind;
  readonly subject: Subject;
  readonly title: string;
  /** Who is told in person; others, such as webhooks, hear of it in any case, once. */
  readonly userIds: readonly string[];
  /** Names and ids, never contents. */
  readonly details: Readonly<Record<string, unknown>>;
}
