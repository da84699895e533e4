import type { SubjectWorkflow } from '../changes/change-kind.ts';
import { durableWorkflowId } from '../durables.ts';
import type { Reason } from '../reasons.ts';
import type { TicketState } from './ticket.ts';

export const ticketWorkflowId = (ticketId: string): string => durableWorkflowId('ticket', ticketId);

/** Where a ticket stands in the ledger. Ids, numbers and names only; it becomes part of Temporal's history. */
export interface TicketStanding {
  readonly ticketId: string;
  readonly state: TicketState;
  readonly ended: boolean;
  /** 1 with the first content; a resubmit and drift raise it. */
  readonly version: number;
  /** Steps that are approved, and all. */
  readonly stepsPassed: number;
  readonly steps: number;
  /** Workflow to start (again, if need be) while the ticket is `applying` and its subject has not ended. */
  readonly start?: SubjectWorkflow;
  /** When to look again even if nothing is heard: the next reminder, time-out, run time, expiry or lookup. */
  readonly recheckMs: number;
  readonly kind: string;
  readonly title: string;
  readonly requester: string;
  /** The first few, for Temporal's own display and search. */
  readonly nodes: readonly string[];
  /** What it waits for, or why it ended as it did. */
  readonly waitsFor: Reason;
}

export interface TicketOperationResult {
  readonly applied: boolean;
  /** Why not. */
  readonly reason?: Reason;
  /** After the operation, or as it is where it was refused. */
  readonly standing: TicketStanding;
}

/** Activities of the ticket workflow. All are idempotent: the ledger says what was done already. */
export interface TicketActivities {
  /** Does what is due (reminder, time-out, expiry, verification of what was applied) and says where the ticket stands. Unknown ticket: non-retryable `not-found`. */
  advanceTicket(input: { ticketId: string }): Promise<TicketStanding>;
  /** Carries out what a person asked for; the row, not the caller, says who and what (idempotent by operationId). */
  applyTicketOperation(input: { ticketId: string; operationId: string }): Promise<TicketOperationResult>;
  /**
   * Of an approved ticket whose time has come: approvers, policy, content and drift are looked at again; then the subject
   * is let go (`applying`), asked for again (`pending`), or refused (`failed`, `expired`). Any other ticket: as it stands.
   */
  releaseTicket(input: { ticketId: string }): Promise<TicketStanding>;
}
