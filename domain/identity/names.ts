import type { RoomNames } from '../room-names.ts';

export const identityNames = {
  actions: { 'user.manage': { scope: 'platform', roles: ['admin'], nodeRoles: [] } },
} as const satisfies RoomNames;
