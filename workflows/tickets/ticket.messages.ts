import { defineQuery, defineUpdate } from '@temporalio/workflow';
import type { OperationInput } from '#domain/durables.ts';
import type { TicketOperationResult } from '#domain/tickets/ports.ts';
import type { TicketAction, TicketState } from '#domain/tickets/ticket.ts';
import { type DurableMessages, type StartOptions, startOptions } from '../kernel/durable.messages.ts';
import type { HandledOperation } from '../kernel/loop-state.ts';

/** Name of the workflow type. */
export const ticketWorkflowType = 'ticket';

/** What a run of the workflow starts from. Whoever starts a ticket gives its id alone; the rest is handed on by continue-as-new. */
export interface TicketWorkflowInput {
  readonly ticketId: string;
  readonly handled?: readonly HandledOperation<TicketOperationResult>[];
  /** Subjects whose workflow this ticket has started (or found started). */
  readonly started?: readonly string[];
  /** Signals after which the workflow continues as new (default 5,000). */
  readonly signalLimit?: number;
}

/** What the workflow knows: the ledger as of its last look. Before the first, `state` is absent. */
export interface TicketProgress {
  readonly ticketId: string;
  readonly state?: TicketState;
  readonly version?: number;
  readonly stepsPassed?: number;
  readonly steps?: number;
  readonly waitsFor?: string;
}

export const progressQuery = defineQuery<TicketProgress, []>('progress');

/**
 * What people do, as Updates. Each carries the id of an operation's row, which alone says what is asked and by whom. A
 * refusal by the ledger is an answer (`applied: false` with its reason). Refused with a typed failure: an id that is none
 * (`invalid-input`), a ticket that this run knows to have ended (`ticket-ended`), one that the ledger does not know
 * (`not-found`).
 */
export const ticketUpdates = {
  approve: defineUpdate<TicketOperationResult, [OperationInput]>('approve'),
  reject: defineUpdate<TicketOperationResult, [OperationInput]>('reject'),
  withdraw: defineUpdate<TicketOperationResult, [OperationInput]>('withdraw'),
  comment: defineUpdate<TicketOperationResult, [OperationInput]>('comment'),
  transfer: defineUpdate<TicketOperationResult, [OperationInput]>('transfer'),
  'add-approver': defineUpdate<TicketOperationResult, [OperationInput]>('addApprover'),
  resubmit: defineUpdate<TicketOperationResult, [OperationInput]>('resubmit'),
  complete: defineUpdate<TicketOperationResult, [OperationInput]>('complete'),
} as const satisfies Record<TicketAction, unknown>;

/** Options with which everybody starts a ticket's workflow; one that is started after the ticket's end ends at once. */
export function ticketStartOptions(ticketId: string): StartOptions<TicketWorkflowInput> {
  return startOptions('ticket', ticketId, { ticketId });
}

export const ticketMessages = {
  type: ticketWorkflowType,
  startOptions: ticketStartOptions,
  updates: ticketUpdates,
} as const satisfies DurableMessages<'ticket'>;
