import { type Action, actions } from '../names.ts';
import type { NodeRole, UserRole } from './roles.ts';

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
  if (rule.roles.includes(actor.role)) return true;
  if (nodePath === undefined) return false;
  return nodePath.some((id) => {
    const granted = actor.grants.get(id);
    return granted !== undefined && rule.nodeRoles.includes(granted);
  });
}
