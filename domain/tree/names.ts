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
  audited: [
    'tree.create',
    'tree.update',
    'tree.move',
    'tree.delete',
    'tree.bind',
    'tree.unbind',
    'tree.grant',
    'tree.revoke',
  ],
  topics: ['tree'],
  reasons: {
    'no-such-node': {},
    'has-children': {},
    'is-leaf': {},
    cycle: {},
    'not-empty': { children: 'number', machines: 'number' },
    'path-too-deep': { most: 'number' },
    'no-such-machine': { machine: 'text' },
    'ambiguous-machine': { machine: 'text', count: 'number' },
    'machine-not-yours': {},
    'machines-not-yours': {},
  },
} as const satisfies RoomNames;
