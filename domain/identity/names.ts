import type { RoomNames } from '../room-names.ts';

export const identityNames = {
  actions: { 'user.manage': { scope: 'platform', roles: ['admin'], nodeRoles: [] } },
  audited: [
    'identity.password.change',
    'identity.sign-in',
    'identity.sign-out',
    'token.create',
    'token.revoke',
    'user.create',
    'user.update',
  ],
  reasons: {
    'not-signed-in': {},
    'password-needed': {},
    'password-change-required': {},
    'wrong-name-or-password': {},
    'wrong-password': {},
    'same-password': {},
    'too-many-attempts': {},
    'sign-in-refused': { answer: 'text' },
    'sign-in-away': {},
    'no-permission': { right: 'text' },
    'no-permission-on': { right: 'text', node: 'text' },
    'last-admin': {},
    'no-such-user': {},
    'unknown-user': { user: 'text' },
    'reserved-name': { name: 'text' },
    'no-such-token': {},
    'no-role-here': { user: 'text' },
  },
} as const satisfies RoomNames;
