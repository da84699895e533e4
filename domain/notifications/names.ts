import type { RoomNames } from '../room-names.ts';

export const notificationNames = {
  actions: { 'webhook.manage': { scope: 'platform', roles: ['admin'], nodeRoles: [] } },
  audited: ['webhook.create', 'webhook.update', 'webhook.delete', 'webhook.test', 'webhook.redeliver'],
  announced: ['webhook'],
  channels: ['inbox', 'webhook'],
  topics: ['inbox:'],
  reasons: {
    'no-such-delivery': {},
    'delivery-pending': {},
    'no-such-webhook': { webhook: 'text' },
    'webhook-disabled': { webhook: 'text' },
    'receiver-gone': {},
    'not-an-address': {},
    'not-http': {},
    'address-with-password': {},
    'metadata-address': { host: 'text' },
    'private-address': { host: 'text' },
  },
} as const satisfies RoomNames;
