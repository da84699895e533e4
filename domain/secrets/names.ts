import type { RoomNames } from '../room-names.ts';

export const secretNames = {
  actions: {
    'secret.view': {
      scope: 'node',
      roles: ['admin', 'ops', 'viewer'],
      nodeRoles: ['ops-owner', 'dev-owner', 'viewer'],
    },
    // Whoever may put a secret into a task can read it on the host; to edit it takes no reading, so that neither implies the other.
    'secret.use': { scope: 'node', roles: ['admin', 'ops'], nodeRoles: ['ops-owner'] },
    'secret.edit': { scope: 'node', roles: ['admin', 'ops'], nodeRoles: ['ops-owner'] },
    'secret.rotate-key': { scope: 'platform', roles: ['admin'], nodeRoles: [] },
  },
  audited: ['secret.create', 'secret.rotate', 'secret.delete', 'secret.delete-version'],
  subjects: ['secret'],
  reasons: {
    'no-such-secret': {},
    'no-such-secret-version': { secret: 'text', version: 'number' },
    'last-secret-version': { secret: 'text' },
    'sealed-value-damaged': { of: 'text', key: 'text' },
    'no-secret-key': {},
    'no-such-secret-named': { secret: 'text' },
    'may-not-use-secret': { secret: 'text' },
    'secret-not-for-requester': { secret: 'text', requester: 'text' },
  },
} as const satisfies RoomNames;
