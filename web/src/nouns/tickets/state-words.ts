import type { TicketState } from '#domain/tickets/ticket.ts';
import type { StateWord } from '#web/lib/ui/state-words.ts';

/** The states of a ticket as people see them. */
export const ticketStates: Readonly<Record<TicketState, StateWord>> = {
  pending: { word: { en: 'Awaiting approval', zh: '待审批' }, tone: 'warn', icon: 'wait' },
  approved: { word: { en: 'Approved', zh: '已批准' }, tone: 'info', icon: 'ok' },
  scheduled: { word: { en: 'Scheduled', zh: '待执行' }, tone: 'info', icon: 'calendar' },
  applying: { word: { en: 'Applying', zh: '执行中' }, tone: 'info', icon: 'run' },
  done: { word: { en: 'Done', zh: '已完成' }, tone: 'ok', icon: 'ok' },
  failed: { word: { en: 'Failed', zh: '失败' }, tone: 'danger', icon: 'fail' },
  rejected: { word: { en: 'Rejected', zh: '已驳回' }, tone: 'danger', icon: 'fail' },
  withdrawn: { word: { en: 'Withdrawn', zh: '已撤回' }, tone: 'idle', icon: 'stop' },
  expired: { word: { en: 'Expired', zh: '已过期' }, tone: 'idle', icon: 'stop' },
};
