import type { RoomNames } from '../room-names.ts';

export const notificationNames = {
  actions: { 'webhook.manage': { scope: 'platform', roles: ['admin'], nodeRoles: [] } },
  announced: ['webhook'],
  channels: ['inbox', 'webhook'],
  topics: ['inbox:'],
} as const satisfies RoomNames;
