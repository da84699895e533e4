/** Roles for the whole tree. */
export const userRoles = ['admin', 'ops', 'viewer', 'none'] as const;
export type UserRole = (typeof userRoles)[number];

/** Roles on one node and everything below it. */
export const nodeRoles = ['ops-owner', 'dev-owner', 'viewer'] as const;
export type NodeRole = (typeof nodeRoles)[number];

/** Every action that a rule can name. `scope: node` may be granted on a node, `scope: platform` only by a user's role. */
export const actions = {
  'tree.view': { scope: 'node', roles: ['admin', 'ops', 'viewer'], nodeRoles: ['ops-owner', 'dev-owner', 'viewer'] },
  'tree.edit': { scope: 'node', roles: ['admin', 'ops'], nodeRoles: ['ops-owner'] },
  'tree.bind': { scope: 'node', roles: ['admin', 'ops'], nodeRoles: ['ops-owner'] },
  'tree.grant': { scope: 'node', roles: ['admin'], nodeRoles: ['ops-owner'] },
  'task.view': { scope: 'node', roles: ['admin', 'ops', 'viewer'], nodeRoles: ['ops-owner', 'dev-owner', 'viewer'] },
  'task.run': { scope: 'node', roles: ['admin', 'ops'], nodeRoles: ['ops-owner'] },
  'ticket.view': { scope: 'node', roles: ['admin', 'ops', 'viewer'], nodeRoles: ['ops-owner', 'dev-owner', 'viewer'] },
  'policy.edit': { scope: 'node', roles: ['admin'], nodeRoles: [] },
  'agent.view': { scope: 'platform', roles: ['admin', 'ops', 'viewer'], nodeRoles: [] },
  'agent.manage': { scope: 'platform', roles: ['admin'], nodeRoles: [] },
  'user.manage': { scope: 'platform', roles: ['admin'], nodeRoles: [] },
  'webhook.manage': { scope: 'platform', roles: ['admin'], nodeRoles: [] },
  'script.edit': { scope: 'platform', roles: ['admin', 'ops'], nodeRoles: [] },
  'audit.view': { scope: 'platform', roles: ['admin'], nodeRoles: [] },
  'platform.view': { scope: 'platform', roles: ['admin', 'ops', 'viewer', 'none'], nodeRoles: [] },
} as const satisfies Record<
  string,
  { scope: 'node' | 'platform'; roles: readonly UserRole[]; nodeRoles: readonly NodeRole[] }
>;

export type Action = keyof typeof actions;

/** Who asks. Grants are by node id; a grant holds for the node and everything below it. */
export interface Actor {
  readonly id: string;
  readonly name: string;
  readonly role: UserRole;
  readonly grants: ReadonlyMap<string, NodeRole>;
}

/**
 * May this actor do this here? `nodePath` is the ids from the root to the node, or undefined for what belongs to no
 * node. The only place that answers; api and (through api) web and CLI use it.
 */
export function can(actor: Actor, action: Action, nodePath?: readonly string[]): boolean {
  const rule = actions[action];
  if ((rule.roles as readonly UserRole[]).includes(actor.role)) return true;
  if (nodePath === undefined) return false;
  return nodePath.some((id) => {
    const granted = actor.grants.get(id);
    return granted !== undefined && (rule.nodeRoles as readonly NodeRole[]).includes(granted);
  });
}
