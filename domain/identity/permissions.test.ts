import { describe, expect, it } from 'vitest';
import { type Action, actions } from '../names.ts';
import { type Actor, can } from './permissions.ts';
import { nodeRoles, userRoles } from './roles.ts';

const actor = (role: Actor['role'], grants: [string, (typeof nodeRoles)[number]][] = []): Actor => ({
  id: 'u',
  name: 'u',
  role,
  grants: new Map(grants),
});

describe('can', () => {
  it('lets an administrator do everything and nobody nothing but look at the platform', () => {
    for (const action of Object.keys(actions) as Action[]) {
      expect(can(actor('admin'), action), action).toBe(true);
      expect(can(actor('none'), action, ['1']), action).toBe(action === 'platform.view');
    }
  });

  it('passes a grant down to everything below the node, and nowhere else', () => {
    const owner = actor('none', [['5', 'ops-owner']]);
    expect(can(owner, 'task.run', ['1', '5'])).toBe(true);
    expect(can(owner, 'task.run', ['1', '5', '9', '12'])).toBe(true);
    expect(can(owner, 'task.run', ['1'])).toBe(false);
    expect(can(owner, 'task.run', ['1', '55'])).toBe(false);
    expect(can(owner, 'task.run')).toBe(false);
  });

  it('takes the strongest of several grants on the way', () => {
    const both = actor('none', [
      ['1', 'viewer'],
      ['5', 'ops-owner'],
    ]);
    expect(can(both, 'task.run', ['1', '5'])).toBe(true);
    expect(can(both, 'task.run', ['1', '6'])).toBe(false);
    expect(can(both, 'task.view', ['1', '6'])).toBe(true);
  });

  it('grants nothing of the platform by a node', () => {
    for (const role of nodeRoles) {
      const granted = actor('none', [['1', role]]);
      const platform = (Object.keys(actions) as Action[]).filter((action) => actions[action].scope === 'platform');
      expect(platform.filter((action) => can(granted, action, ['1']))).toEqual(['platform.view']);
    }
  });

  it('orders the roles: whoever is higher may do all that the lower may', () => {
    for (const action of Object.keys(actions) as Action[]) {
      const allowed = userRoles.map((role) => can(actor(role), action));
      expect(allowed, action).toEqual(allowed.toSorted((a, b) => Number(b) - Number(a)));
    }
  });
});
