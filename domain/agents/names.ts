import type { RoomNames } from '../room-names.ts';

export const agentNames = {
  actions: {
    'agent.view': { scope: 'platform', roles: ['admin', 'ops', 'viewer'], nodeRoles: [] },
    'agent.manage': { scope: 'platform', roles: ['admin'], nodeRoles: [] },
  },
  audited: ['agent.enrol', 'agent.join-token.create', 'agent.renew', 'agent.report.refused', 'agent.revoke'],
  topics: ['agents'],
  reasons: {
    'no-such-agent': { agent: 'text' },
    'already-revoked': {},
    'no-authority-yet': {},
    'not-a-host': { host: 'text' },
    'name-reads-as-address': { name: 'text' },
  },
} as const satisfies RoomNames;
