import type { RoomNames } from '../room-names.ts';

export const auditNames = {
  actions: { 'audit.view': { scope: 'platform', roles: ['admin'], nodeRoles: [] } },
  // A refused request whose route asks for no right.
  audited: ['request'],
  reasons: { 'no-such-audit-row': {} },
} as const satisfies RoomNames;
