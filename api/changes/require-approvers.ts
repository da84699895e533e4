import type { Database } from '#db/database.ts';
import { listOwnedNodes } from '#db/changes/owned-nodes.ts';
import { approversOf } from '#ledger/tickets/approvers.ts';
import type { Approver, Policy } from '#domain/changes/policy.ts';
import { type FieldError, Problem } from '#domain/errors.ts';
import { because } from '#domain/reasons.ts';

/** Stands for the ticket that there is not yet. */
const noTicket = '00000000-0000-0000-0000-000000000000';

/**
 * Refuses a policy of which a step could not be approved by anybody if it were asked for now: nobody is meant who is
 * enabled, or fewer than it needs. Owners are those of the node (above it too); of the whole tree, those of any node.
 */
export async function requireApprovers(db: Database, policy: Policy, nodeId: string | null): Promise<void> {
  if (policy.mode !== 'ticket') return;
  const nodeIds = nodeId === null ? await listOwnedNodes(db) : [nodeId];
  const count = async (approvers: readonly Approver[]) => {
    const step = {
      approvers,
      need: 'any' as const,
      escalateTo: [],
      timeoutMs: 0,
      remindAfterMs: 0,
      onTimeout: 'refuse' as const,
      delegates: 'meant' as const,
      policyNode: null,
      nodeIds,
    };
    const nobody = { ticketId: noTicket, stepIndex: 0, escalated: false, requesterId: '', fourEyes: false };
    return (await approversOf(db, step, nobody)).length;
  };

  const faults: FieldError[] = [];
  for (const [index, step] of policy.steps.entries()) {
    const people = await count(step.approvers);
    const needed = typeof step.need === 'number' ? step.need : 1;
    if (people >= needed) continue;
    const fault = people === 0 ? because('nobody-can-approve') : because('too-few-can-approve', { people, needed });
    faults.push({ field: `steps.${index}.approvers`, fault });
  }
  if (policy.onTimeout === 'escalate' && (await count(policy.escalateTo)) === 0) {
    faults.push({ field: 'escalateTo', fault: because('nobody-can-approve') });
  }
  if (faults.length > 0) throw Problem.input(faults);
}
