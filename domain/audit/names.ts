import type { RoomNames } from '../room-names.ts';

export const auditNames = {
  actions: { 'audit.view': { scope: 'platform', roles: ['admin'], nodeRoles: [] } },
} as const satisfies RoomNames;
