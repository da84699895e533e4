import type { AnnouncementWords } from '#web/lib/room.ts';
import { ticketRoutes } from './routes.ts';

const href: AnnouncementWords['href'] = ({ ticketId }) =>
  ticketId === null ? ticketRoutes.inbox() : ticketRoutes.ticket(ticketId);

/** What people are told of tickets. */
export const ticketAnnouncements = {
  'ticket.opened': {
    told: { en: 'Ticket opened', zh: '工单已创建' },
    event: { en: 'Ticket opened', zh: '工单已创建' },
    href,
  },
  'ticket.decision-needed': {
    told: { en: 'Waits for your decision', zh: '等待您审批' },
    event: { en: 'Decision needed', zh: '等待审批' },
    href,
  },
  'ticket.reminder': {
    told: { en: 'Still waits for your decision', zh: '提醒：仍在等待您审批' },
    event: { en: 'Reminder of a decision', zh: '审批提醒' },
    href,
  },
  'ticket.escalated': {
    told: { en: 'Escalated to you', zh: '已升级给您审批' },
    event: { en: 'Escalated', zh: '已升级' },
    href,
  },
  'ticket.timed-out': {
    told: { en: 'Approval timed out', zh: '审批超时' },
    event: { en: 'Timed out', zh: '审批超时' },
    href,
  },
  'ticket.commented': {
    told: { en: 'New comment', zh: '有新评论' },
    event: { en: 'Comment', zh: '新评论' },
    href,
  },
  'ticket.asked-again': {
    told: { en: 'Asked again after a change', zh: '内容有变更，需重新审批' },
    event: { en: 'Asked again after a change', zh: '变更后重新审批' },
    href,
  },
  'ticket.scheduled': {
    told: { en: 'Approved and scheduled', zh: '已批准，等待执行窗口' },
    event: { en: 'Approved and scheduled', zh: '已批准，待执行' },
    href,
  },
  'ticket.applying': {
    told: { en: 'Approved, being carried out', zh: '已批准，正在执行' },
    event: { en: 'Being carried out', zh: '正在执行' },
    href,
  },
  'ticket.ended': {
    told: { en: 'Ended', zh: '已结束' },
    event: { en: 'Ended', zh: '已结束' },
    href,
  },
} as const;
