import type { TicketAction } from '#domain/tickets/ticket.ts';
import { type Phrase, say } from '#web/lib/i18n/index.svelte.ts';

const words: Readonly<Record<TicketAction, Phrase>> = {
  approve: { en: 'Approve', zh: '批准' },
  reject: { en: 'Reject', zh: '驳回' },
  withdraw: { en: 'Withdraw', zh: '撤回' },
  comment: { en: 'Comment', zh: '评论' },
  transfer: { en: 'Hand over', zh: '转交' },
  'add-approver': { en: 'Add approver', zh: '加签' },
  resubmit: { en: 'Resubmit', zh: '重新提交' },
  complete: { en: 'Report the outcome', zh: '回填结果' },
};

/** The verb of an action of a ticket, as it stands on its button. */
export function ticketActionWord(action: TicketAction): string {
  return say(words[action]);
}
