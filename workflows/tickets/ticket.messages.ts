import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import { controlTaskQueue } from '#domain/tasks/ports.ts';
import { type TicketOperationInput, type TicketOperationResult, ticketWorkflowId } from '#domain/tickets/ports.ts';
import type { TicketAction, TicketState } from '#domain/tickets/ticket.ts';
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

/** Something happened in the ledger: look again. Carries nothing. */
export const nudgeSignal = defineSignal<[]>('nudge');
export const progressQuery = defineQuery<TicketProgress, []>('progress');

/**
 * What people do, as Updates. Each carries the id of a `ticket_operation` row, which alone says what is asked and by whom.
 * A refusal by the ledger is an answer (`applied: false` with its reason). Refused with a typed failure: an id that is none
 * (`invalid-input`), a ticket that this run knows to have ended (`ticket-ended`), one that the ledger does not know
 * (`not-found`). Use the operation's id as Update id.
 */
export const approveUpdate = defineUpdate<TicketOperationResult, [TicketOperationInput]>('approve');
export const rejectUpdate = defineUpdate<TicketOperationResult, [TicketOperationInput]>('reject');
export const withdrawUpdate = defineUpdate<TicketOperationResult, [TicketOperationInput]>('withdraw');
export const commentUpdate = defineUpdate<TicketOperationResult, [TicketOperationInput]>('comment');
export const transferUpdate = defineUpdate<TicketOperationResult, [TicketOperationInput]>('transfer');
export const addApproverUpdate = defineUpdate<TicketOperationResult, [TicketOperationInput]>('addApprover');
export const resubmitUpdate = defineUpdate<TicketOperationResult, [TicketOperationInput]>('resubmit');
export const completeUpdate = defineUpdate<TicketOperationResult, [TicketOperationInput]>('complete');

export const ticketUpdates = {
  approve: approveUpdate,
  reject: rejectUpdate,
  withdraw: withdrawUpdate,
  comment: commentUpdate,
  transfer: transferUpdate,
  'add-approver': addApproverUpdate,
  resubmit: resubmitUpdate,
  complete: completeUpdate,
} as const satisfies Record<TicketAction, unknown>;

/**
 * Options with which everybody starts a ticket's workflow (`client.workflow.start(ticketWorkflowType, …)`): one workflow
 * per ticket at a time, "already started" is success, and an ended one may be started again (it ends at once).
 */
export function ticketStartOptions(ticketId: string): {
  workflowId: string;
  taskQueue: string;
  args: [TicketWorkflowInput];
  workflowIdConflictPolicy: 'USE_EXISTING';
  workflowIdReusePolicy: 'ALLOW_DUPLICATE';
} {
  return {
    workflowId: ticketWorkflowId(ticketId),
    taskQueue: controlTaskQueue,
    args: [{ ticketId }],
    workflowIdConflictPolicy: 'USE_EXISTING',
    workflowIdReusePolicy: 'ALLOW_DUPLICATE',
  };
}
