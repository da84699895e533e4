import { type Action, actions } from '#domain/names.ts';
import { type NodeRole, nodeRoles, type UserRole, userRoles } from '#domain/identity/roles.ts';

export { nodeRoles, userRoles };
export type { UserRole };

export interface ActionRights {
  readonly action: Action;
  readonly roles: ReadonlySet<UserRole>;
  /** Empty for what belongs to the platform, not to a node. */
  readonly nodeRoles: ReadonlySet<NodeRole>;
}

/** Who may do what, straight from the rules that the api goes by. */
export const roleRights: readonly ActionRights[] = (Object.keys(actions) as Action[]).map((action) => ({
  action,
  roles: new Set<UserRole>(actions[action].roles),
  nodeRoles: new Set<NodeRole>(actions[action].nodeRoles),
}));
