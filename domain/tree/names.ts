import type { RoomNames } from '../room-names.ts';

export const treeNames = {
  actions: {
    'tree.view': {
      scope: 'node',
      roles: ['admin', 'ops', 'viewer'],
      nodeRoles: ['ops-owner', 'dev-owner', 'viewer'],
    },
    'tree.edit': { scope: 'node', roles: ['admin', 'ops'], nodeRoles: ['ops-owner'] },
    'tree.bind': { scope: 'node', roles: ['admin', 'ops'], nodeRoles: ['ops-owner'] },
    'tree.grant': { scope: 'node', roles: ['admin'], nodeRoles: ['ops-owner'] },
  },
  topics: ['tree'],
} as const satisfies RoomNames;
