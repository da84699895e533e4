import type { RoomNames } from '../room-names.ts';

export const platformNames = {
  actions: { 'platform.view': { scope: 'platform', roles: ['admin', 'ops', 'viewer', 'none'], nodeRoles: [] } },
  reasons: {
    internal: {},
    starting: {},
    'database-away': {},
    'too-busy': {},
    'too-many-streams': {},
    'no-web': {},
    'no-such-address': {},
    'not-json': {},
    'media-type': {},
    unreadable: { fault: 'text' },
    'body-too-large': { most: 'number' },
    'cannot-be-stored': {},
    'is-there-already': {},
    'changed-meanwhile': {},
    'idempotency-key-reused': {},
    'not-a-cursor': {},
    'no-such-topic': { topic: 'text' },
    'topic-count': { most: 'number' },
    'not-an-event': {},
    'cross-site': {},
    'no-such-operation': {},
    'name-taken': { name: 'text' },
  },
} as const satisfies RoomNames;
