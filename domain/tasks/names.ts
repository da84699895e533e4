import type { RoomNames } from '../room-names.ts';

export const taskNames = {
  kinds: ['task.run'],
  actions: {
    'task.view': {
      scope: 'node',
      roles: ['admin', 'ops', 'viewer'],
      nodeRoles: ['ops-owner', 'dev-owner', 'viewer'],
    },
    'task.run': { scope: 'node', roles: ['admin', 'ops'], nodeRoles: ['ops-owner'] },
  },
  audited: ['task.pause', 'task.continue', 'task.kill', 'task.retry-failed'],
  subjects: ['task'],
  topics: ['tasks', 'task:'],
  durables: ['task'],
} as const satisfies RoomNames;
