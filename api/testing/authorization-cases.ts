import type { RouteRule } from '#api/kernel/contract/rule.ts';
import { actions } from '#domain/names.ts';
import type { NodeRole, UserRole } from '#domain/identity/roles.ts';

/** Who walks through all routes. A grantee has `ops-owner` on the node and the task's node, or on another one. */
export const walkers = [
  'anonymous',
  'bad-token',
  'revoked-token',
  'expired-token',
  'disabled-user',
  'expired-session',
  'admin',
  'ops',
  'viewer',
  'none',
  'ops-owner-inside',
  'dev-owner-inside',
  'viewer-inside',
  'ops-owner-outside',
] as const;
export type Walker = (typeof walkers)[number];

const unsigned: readonly Walker[] = [
  'anonymous',
  'bad-token',
  'revoked-token',
  'expired-token',
  'disabled-user',
  'expired-session',
];

/**
 * What a rule must answer: `pass` (anything but 401, 403 and, where the rule resolves what is in the path, 404) or the
 * exact status. Written from the table of actions alone, not from the guard.
 */
export function expectedAnswer(rule: RouteRule, walker: Walker): 'pass' | 401 | 403 | 404 {
  if (rule === 'anonymous') return 'pass';
  if (unsigned.includes(walker)) return 401;
  if (rule === 'signed-in') return 'pass';
  const { roles, nodeRoles } = actions[rule.action] as { roles: readonly UserRole[]; nodeRoles: readonly NodeRole[] };
  const role = userRoleOf(walker);
  if (roles.includes(role)) return 'pass';
  const inside = /^(.+)-inside$/.exec(walker)?.[1] as NodeRole | undefined;
  const ofThing = () => {
    const mayView = role !== 'none' || inside !== undefined;
    if (!mayView) return 404;
    return inside !== undefined && nodeRoles.includes(inside) ? 'pass' : 403;
  };
  if (rule.subject !== undefined) return ofThing();
  if (rule.node === undefined) return 403;
  switch (rule.node) {
    case 'filtered':
      return 'pass';
    case 'path':
      return ofThing();
    case 'body': {
      // The body of the walk names what is nobody's: those who may do it elsewhere are told about hosts, not about nodes.
      const somewhere = nodeRoles.includes(/^(.+)-(inside|outside)$/.exec(walker)?.[1] as NodeRole);
      return somewhere && rule.action.startsWith('tree.') ? 404 : 403;
    }
  }
}

/** The role of a walker for the whole tree. */
export function userRoleOf(walker: Walker): UserRole {
  return walker === 'admin' || walker === 'ops' || walker === 'viewer' ? walker : 'none';
}
