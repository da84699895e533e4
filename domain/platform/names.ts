import type { RoomNames } from '../room-names.ts';

export const platformNames = {
  actions: { 'platform.view': { scope: 'platform', roles: ['admin', 'ops', 'viewer', 'none'], nodeRoles: [] } },
} as const satisfies RoomNames;
