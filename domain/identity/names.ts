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
} as const satisfies RoomNames;
