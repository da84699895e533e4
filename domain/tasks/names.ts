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
  subjects: ['task'],
  topics: ['tasks', 'task:'],
  durables: ['task'],
} as const satisfies RoomNames;
