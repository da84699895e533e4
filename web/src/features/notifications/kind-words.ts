import { announcementKinds, type AnnouncementKind } from '#domain/names.ts';
import type { MessageKind } from '#domain/notifications/channel.ts';
import { say, t } from '#web/lib/i18n/index.svelte.ts';
import { announcements } from '#web/rooms.ts';

export { announcementKinds };
export type { AnnouncementKind };

/** What an event is called; one that this version does not know is said as it is. */
export function kindWord(kind: MessageKind): string {
  if (kind === 'webhook.test') return t('webhooks.kindTest');
  return kind in announcements ? say(announcements[kind].event) : kind;
}
