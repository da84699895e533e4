import type { RoomNames } from '../room-names.ts';

export const scriptNames = {
  actions: { 'script.edit': { scope: 'platform', roles: ['admin', 'ops'], nodeRoles: [] } },
  topics: ['scripts'],
} as const satisfies RoomNames;
