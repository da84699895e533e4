import type { RoomNames } from '../room-names.ts';

export const notificationNames = {
  actions: { 'webhook.manage': { scope: 'platform', roles: ['admin'], nodeRoles: [] } },
  audited: ['webhook.create', 'webhook.update', 'webhook.delete', 'webhook.test', 'webhook.redeliver'],
  announced: ['webhook'],
  channels: ['inbox', 'webhook'],
  topics: ['inbox:'],
} as const satisfies RoomNames;
