import { v7 as uuidv7 } from 'uuid';
import { judgeChange } from '#ledger/changes/judge-change.ts';
import type { Tx } from '#db/database.ts';
import type { ChangeKindName } from '#domain/names.ts';
import type { ApprovalFlow } from '#domain/changes/policy.ts';
import { Problem } from '#domain/errors.ts';

/** A mutation that policy may hold: what it is, and everything that it touches. */
export interface ProposedChange {
  readonly kind: ChangeKindName;
  /** Policy is judged over all nodes that these are bound to. */
  readonly machineIds: readonly string[];
  /** Nodes that are touched themselves. */
  readonly nodeIds: readonly string[];
  /** It has a ticket even where nobody needs to be asked: it waits for a time, or for a person to do it. */
  readonly alwaysTicket?: boolean;
}

/** What policy says: it happens now, or it waits for its ticket. A change that is forbidden is a Problem. */
export type ChangeDecision =
  { readonly do: 'direct' } | { readonly do: 'ticket'; readonly ticketId: string; readonly flow: ApprovalFlow };

/**
 * The one door for every mutation that policy may hold; routes ask here, inside the transaction that carries out what
 * is decided: after `ticket` it writes what is asked for under the id of the ticket, and opens that.
 */
export async function proposeChange(tx: Tx, change: ProposedChange): Promise<ChangeDecision> {
  const { mode, flow } = await judgeChange(tx, change);
  if (mode === 'forbidden') throw forbiddenByPolicy(change.kind);
  if (mode === 'direct' && change.alwaysTicket !== true) return { do: 'direct' };
  return { do: 'ticket', ticketId: uuidv7(), flow };
}

/** The refusal of a change that policy forbids. It names no node: whoever asks may not see all of them. */
export function forbiddenByPolicy(kind: ChangeKindName): Problem {
  return new Problem('forbidden', `Policy forbids ${kind} on a node concerned`, { reason: 'change-forbidden' });
}
