import type { RoomNames } from '../room-names.ts';

export const ticketNames = {
  kinds: ['manual.step'],
  actions: {
    'ticket.view': {
      scope: 'node',
      roles: ['admin', 'ops', 'viewer'],
      nodeRoles: ['ops-owner', 'dev-owner', 'viewer'],
    },
  },
  audited: [
    'ticket.approve',
    'ticket.reject',
    'ticket.transfer',
    'ticket.add-approver',
    'ticket.comment',
    'ticket.withdraw',
    'ticket.complete',
    'ticket.resubmit',
    'ticket.asked-again',
    'ticket.timed-out',
    'ticket.applied',
    'ticket.content-altered',
    'ticket.expired',
    'ticket.done',
    'ticket.failed',
  ],
  announcements: [
    'ticket.opened',
    'ticket.decision-needed',
    'ticket.reminder',
    'ticket.escalated',
    'ticket.timed-out',
    'ticket.commented',
    'ticket.asked-again',
    'ticket.scheduled',
    'ticket.applying',
    'ticket.ended',
  ],
  subjects: ['ticket'],
  topics: ['tickets', 'ticket:'],
  durables: ['ticket'],
} as const satisfies RoomNames;
