import type { Notification } from '#web/nouns/notifications/client.ts';
import { t } from '#web/lib/i18n/index.svelte.ts';

const words = {
  'ticket.opened': 'shell.noteOpened',
  'ticket.decision-needed': 'shell.noteDecisionNeeded',
  'ticket.reminder': 'shell.noteReminder',
  'ticket.escalated': 'shell.noteEscalated',
  'ticket.timed-out': 'shell.noteTimedOut',
  'ticket.commented': 'shell.noteCommented',
  'ticket.asked-again': 'shell.noteAskedAgain',
  'ticket.scheduled': 'shell.noteScheduled',
  'ticket.applying': 'shell.noteApplying',
  'ticket.ended': 'shell.noteEnded',
} as const satisfies Record<Notification['kind'], string>;

/** What happened, in a few words. */
export function noteWords(kind: Notification['kind']): string {
  return t(words[kind]);
}
