import { expect, it } from 'vitest';
import { type Actor, can } from '#domain/identity/permissions.ts';
import { nodeRoles, roleRights, userRoles } from './role-rights.ts';

const actor = (more: Partial<Actor>): Actor => ({ id: 'u', name: 'u', role: 'none', grants: new Map(), ...more });

it('says of each role and right what the rules of the api answer', () => {
  for (const right of roleRights) {
    for (const role of userRoles) expect(right.roles.has(role)).toBe(can(actor({ role }), right.action));
    for (const role of nodeRoles) {
      const granted = actor({ grants: new Map([['n', role]]) });
      expect(right.nodeRoles.has(role) || right.roles.has('none')).toBe(can(granted, right.action, ['n']));
    }
  }
  expect(roleRights.length).toBeGreaterThan(10);
});
