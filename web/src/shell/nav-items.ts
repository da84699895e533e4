import { routeFor } from '#web/lib/route-for.ts';

export type NavName =
  'home' | 'tree' | 'scripts' | 'tasks' | 'inbox' | 'agents' | 'users' | 'webhooks' | 'audit' | 'status' | 'apiDocs';

export interface NavItem {
  readonly name: NavName;
  readonly href: string;
  /** The action that a caller needs to find anything there. */
  readonly needs?: string;
}

const daily: readonly NavItem[] = [
  { name: 'home', href: routeFor.home() },
  { name: 'tree', href: routeFor.tree() },
  { name: 'scripts', href: routeFor.scripts() },
  { name: 'tasks', href: routeFor.tasks() },
  { name: 'inbox', href: routeFor.inbox() },
  { name: 'agents', href: routeFor.agents(), needs: 'agent.view' },
];

const admin: readonly NavItem[] = [
  { name: 'users', href: routeFor.users(), needs: 'user.manage' },
  { name: 'webhooks', href: routeFor.webhooks(), needs: 'webhook.manage' },
  { name: 'audit', href: routeFor.audit(), needs: 'audit.view' },
  { name: 'status', href: routeFor.status(), needs: 'platform.view' },
];

const help: readonly NavItem[] = [{ name: 'apiDocs', href: routeFor.apiDocs() }];

/** The places that this caller can go to, in groups. */
export function navItems(allows: (action: string) => boolean): Record<'daily' | 'admin' | 'help', readonly NavItem[]> {
  const mine = (items: readonly NavItem[]) => items.filter(({ needs }) => needs === undefined || allows(needs));
  return { daily: mine(daily), admin: mine(admin), help: mine(help) };
}

/** Whether a page is, or lies below, a place of the navigation. A ticket's own page belongs to the inbox. */
export function isAt(item: NavItem, pathname: string): boolean {
  if (item.name === 'inbox' && pathname.startsWith('/tickets/')) return true;
  return item.href === '/' ? pathname === '/' : pathname === item.href || pathname.startsWith(`${item.href}/`);
}
