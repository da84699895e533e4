import { ApplicationFailure } from '@temporalio/common';
import { ticketWorkflowId } from '#domain/tickets/ports.ts';
import { isAbsentOr, isCount, isRowId } from '../kernel/row-id.ts';
import type { TicketWorkflowInput } from './ticket.messages.ts';

/** Refuses an input that is none of ours: anyone who reaches Temporal's port can start a workflow with anything. */
export function checkTicketInput(input: unknown, workflowId: string): asserts input is TicketWorkflowInput {
  const given = (typeof input === 'object' ? input : null) as Partial<
    Record<keyof TicketWorkflowInput, unknown>
  > | null;
  const fits =
    given !== null &&
    isRowId(given.ticketId) &&
    workflowId === ticketWorkflowId(given.ticketId) &&
    isAbsentOr(given.signalLimit, isCount) &&
    isAbsentOr(given.handled, Array.isArray) &&
    isAbsentOr(given.started, Array.isArray);
  if (!fits) throw ApplicationFailure.nonRetryable('A ticket workflow is ticket/<id of a ticket>', 'invalid-input');
}
