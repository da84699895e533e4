import type { RoomNames } from '../room-names.ts';

export const changeNames = {
  actions: { 'policy.edit': { scope: 'node', roles: ['admin'], nodeRoles: [] } },
  audited: ['policy.set', 'policy.removed'],
} as const satisfies RoomNames;
