import type { RoomNames } from '../room-names.ts';

export const changeNames = {
  actions: { 'policy.edit': { scope: 'node', roles: ['admin'], nodeRoles: [] } },
  audited: ['policy.set', 'policy.removed'],
  reasons: {
    'unknown-kind': { kind: 'text', known: 'names' },
    'change-forbidden': { kind: 'text' },
    'protected-by-policy': { kind: 'text', node: 'text' },
    'protected-everywhere': { kind: 'text' },
    'no-such-policy': { kind: 'text' },
    'nobody-can-approve': {},
    'too-few-can-approve': { people: 'number', needed: 'number' },
    'steps-need-a-ticket': { mode: 'text' },
    'escalates-to-nobody': {},
    'run-time-in-the-past': {},
    'expiry-in-the-past': {},
    'expires-before-it-runs': {},
    'policy-asks-again': {},
    'kind-means-something-else': {},
  },
} as const satisfies RoomNames;
