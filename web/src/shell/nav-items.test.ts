import { describe, expect, it } from 'vitest';
import type { Place } from '#web/lib/room.ts';
import { isAt, navItems } from './nav-items.ts';

const place = (name: string, more: Partial<Place> = {}): Place => ({
  name,
  label: { en: name, zh: name },
  icon: () => ({}),
  href: `/${name}`,
  group: 'daily',
  order: 10,
  ...more,
});
const places = [
  place('users', { group: 'admin', needs: 'user.manage' }),
  place('agents', { order: 30, needs: 'agent.view' }),
  place('tree', { order: 20 }),
  place('home'),
  place('docs', { group: 'help' }),
];
const names = (allowed: readonly string[]) => {
  const { daily, admin, help } = navItems(places, (action) => allowed.includes(action));
  return [...daily, ...admin, ...help].map((item) => item.name);
};

describe('the navigation', () => {
  it('shows only where the caller may go, in the order of the places', () => {
    expect(names([])).toEqual(['home', 'tree', 'docs']);
    expect(names(['agent.view'])).toEqual(['home', 'tree', 'agents', 'docs']);
    expect(names(['user.manage'])).toEqual(['home', 'tree', 'users', 'docs']);
  });

  it('knows where one is', () => {
    expect(isAt({ href: '/' }, '/')).toBe(true);
    expect(isAt({ href: '/' }, '/tasks')).toBe(false);
    expect(isAt({ href: '/tasks' }, '/tasks/1')).toBe(true);
    expect(isAt({ href: '/tasks' }, '/tasksy')).toBe(false);
    expect(isAt({ href: '/inbox', also: '/tickets/' }, '/tickets/1')).toBe(true);
  });
});
