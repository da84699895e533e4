import { idsOf, type NodeSummary } from '#db/tree/nodes.ts';
import { forbidden, HiddenProblem } from '#domain/errors.ts';
import { type Actor, can } from '#domain/identity/permissions.ts';
import type { Action } from '#domain/names.ts';

/**
 * Refuses unless the actor may take the action on the node; a node that they may not see is not found. `field` is where
 * the input named it.
 */
export function requireNode(actor: Actor, action: Action, node: NodeSummary | undefined, field?: string): NodeSummary {
  if (node === undefined || !can(actor, 'tree.view', idsOf(node.idPath)))
    throw new HiddenProblem('no-such-node', field);
  if (!can(actor, action, idsOf(node.idPath))) throw forbidden(action, node.path, field);
  return node;
}
