import type { RoomNames } from '../room-names.ts';

export const scheduleNames = {
  actions: {
    'schedule.view': {
      scope: 'node',
      roles: ['admin', 'ops', 'viewer'],
      nodeRoles: ['ops-owner', 'dev-owner', 'viewer'],
    },
    'schedule.edit': { scope: 'node', roles: ['admin', 'ops'], nodeRoles: ['ops-owner'] },
  },
  audited: [
    'schedule.create',
    'schedule.edit',
    'schedule.pause',
    'schedule.continue',
    'schedule.run-now',
    'schedule.delete',
    'schedule.refused',
  ],
  announcements: ['schedule.refused', 'schedule.missed'],
  announced: ['schedule'],
  subjects: ['schedule'],
  topics: ['schedules'],
  reasons: {
    'no-such-schedule': {},
    'newer-schedule': { latest: 'number' },
    'not-a-cron': { example: 'text' },
    'cron-never': {},
    'cron-both-days': {},
    'no-such-zone': { zone: 'text' },
    'schedule-paused': {},
    'schedule-not-paused': {},
    'predecessor-runs': { due: 'time' },
    'predecessor-waits': { due: 'time' },
    'one-waits-already': { due: 'time' },
    'replaced-by-later': { due: 'time' },
    'too-late': { due: 'time' },
    'owner-gone': { owner: 'text' },
    'proposal-refused': { why: 'text' },
  },
} as const satisfies RoomNames;
