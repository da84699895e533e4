import { announcementKinds, type AnnouncementKind } from '#domain/names.ts';
import type { MessageKind } from '#domain/notifications/channel.ts';
import { type MessageKey, t } from '#web/lib/i18n/index.svelte.ts';

export { announcementKinds };
export type { AnnouncementKind };

const words: Record<MessageKind, MessageKey> = {
  'ticket.opened': 'admin.kindTicketOpened',
  'ticket.decision-needed': 'admin.kindTicketDecisionNeeded',
  'ticket.reminder': 'admin.kindTicketReminder',
  'ticket.escalated': 'admin.kindTicketEscalated',
  'ticket.timed-out': 'admin.kindTicketTimedOut',
  'ticket.commented': 'admin.kindTicketCommented',
  'ticket.asked-again': 'admin.kindTicketAskedAgain',
  'ticket.scheduled': 'admin.kindTicketScheduled',
  'ticket.applying': 'admin.kindTicketApplying',
  'ticket.ended': 'admin.kindTicketEnded',
  'webhook.test': 'admin.kindWebhookTest',
};

/** What an event is called; one that this version does not know is said as it is. */
export function kindWord(kind: MessageKind): string {
  return kind in words ? t(words[kind]) : kind;
}
