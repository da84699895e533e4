import type { Tx } from '#db/database.ts';
import { findCallerByUserId } from '#db/identity/callers.ts';
import type { ChangeKinds, RequestedChange, Touches } from '#domain/changes/change-kind.ts';
import { Problem } from '#domain/errors.ts';
import { because, type Reason } from '#domain/reasons.ts';
import { requestChange } from '#ledger/changes/request-change.ts';
import type { TicketPosition } from './lock-ticket.ts';
import type { TicketOperation } from './ticket-operation.ts';

/** What the row of a resubmission holds. Times are ISO 8601 in UTC. */
export interface ResubmitDetails {
  readonly payload: unknown;
  readonly runAt: string | null;
  readonly expiresAt: string | null;
}

/** What a resubmission asks for and would touch, or why its requester cannot have it. */
export type RequestedAgain =
  | { readonly fault: Reason; readonly requested?: never; readonly touches?: never }
  | { readonly fault?: never; readonly requested: RequestedChange; readonly touches: Touches };

/** Looks a resubmission up anew, with the rights of its requester as they are now. */
export async function requestAgain(
  tx: Tx,
  kinds: ChangeKinds,
  ticket: TicketPosition,
  operation: TicketOperation,
): Promise<RequestedAgain> {
  const kind = kinds[ticket.kind];
  const { payload } = operation.details as unknown as ResubmitDetails;
  const caller = await findCallerByUserId(tx, operation.actor.id);
  if (caller === undefined) {
    return { fault: because('requester-gone', { requester: operation.actor.name }) };
  }
  try {
    const requested = await requestChange(kind, caller, payload);
    const nodeIds = requested.nodes.map((node) => node.id);
    return { requested, touches: kind.touches({ targets: requested.targets, nodeIds }) };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return { fault: reasonOf(error) };
  }
}

/** A refusal as one reason: its own, or that of the first wrong field. */
function reasonOf({ type, reason, fields: [first] }: Problem): Reason {
  if (reason !== undefined) return reason;
  if (first === undefined) return because('request-refused', { why: type });
  const { field, fault } = first;
  return because('request-refused', { why: `${field}: ${typeof fault === 'string' ? fault : fault.code}` });
}
