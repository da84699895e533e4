import type { RoomNames } from '../room-names.ts';

export const secretNames = {
  actions: {
    'secret.view': {
      scope: 'node',
      roles: ['admin', 'ops', 'viewer'],
      nodeRoles: ['ops-owner', 'dev-owner', 'viewer'],
    },
    'secret.edit': { scope: 'node', roles: ['admin', 'ops'], nodeRoles: ['ops-owner'] },
  },
  audited: ['secret.create', 'secret.rotate', 'secret.delete', 'secret.delete-version'],
  subjects: ['secret'],
  reasons: {
    'no-such-secret': {},
    'no-such-secret-version': { secret: 'text', version: 'number' },
    'last-secret-version': { secret: 'text' },
  },
} as const satisfies RoomNames;
