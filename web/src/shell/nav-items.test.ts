import { describe, expect, it } from 'vitest';
import { isAt, navItems } from './nav-items.ts';

const names = (allowed: readonly string[]) => {
  const { daily, admin, help } = navItems((action) => allowed.includes(action));
  return [...daily, ...admin, ...help].map((item) => item.name);
};

describe('the navigation', () => {
  it('shows only where the caller may go', () => {
    expect(names([])).toEqual(['home', 'tree', 'scripts', 'tasks', 'inbox', 'apiDocs']);
    expect(names(['platform.view', 'agent.view'])).toContain('agents');
    expect(names(['platform.view'])).not.toContain('users');
    expect(names(['user.manage', 'webhook.manage', 'audit.view'])).toEqual(
      expect.arrayContaining(['users', 'webhooks', 'audit']),
    );
  });

  it('knows where one is', () => {
    const item = (name: string) => {
      const found = navItems(() => true).daily.find((candidate) => candidate.name === name);
      if (found === undefined) throw new Error(name);
      return found;
    };
    expect(isAt(item('home'), '/')).toBe(true);
    expect(isAt(item('home'), '/tasks')).toBe(false);
    expect(isAt(item('tasks'), '/tasks/1')).toBe(true);
    expect(isAt(item('tasks'), '/tasksy')).toBe(false);
    expect(isAt(item('inbox'), '/tickets/1')).toBe(true);
  });
});
