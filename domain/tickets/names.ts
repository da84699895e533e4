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
