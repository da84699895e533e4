import type { RoomNames } from '../room-names.ts';

export const scriptNames = {
  actions: { 'script.edit': { scope: 'platform', roles: ['admin', 'ops'], nodeRoles: [] } },
  audited: ['script.create', 'script.new-version', 'script.update', 'script.delete'],
  topics: ['scripts'],
  reasons: {
    'no-such-script': { script: 'text' },
    'no-such-version': { version: 'number' },
    'newer-version': { latest: 'number' },
    'no-change': { latest: 'number' },
  },
} as const satisfies RoomNames;
