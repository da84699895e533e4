import type { RoomNames } from '../room-names.ts';

export const scriptNames = {
  actions: { 'script.edit': { scope: 'platform', roles: ['admin', 'ops'], nodeRoles: [] } },
  audited: ['script.create', 'script.new-version', 'script.update', 'script.delete'],
  topics: ['scripts'],
} as const satisfies RoomNames;
