import type { TicketAction } from '#domain/tickets/ticket.ts';
import type { Logger } from '#platform/logging.ts';
import type { TemporalClientHandle } from '#platform/temporal.ts';
import { createWorkflowStarter, type StartableWorkflow } from '#api/kernel/workflow-starter.ts';
import { ticketStartOptions, ticketUpdates, ticketWorkflowType } from '#workflows/tickets/ticket.messages.ts';

/** Tells Temporal of what the ledger holds already. For speed only: sweepers in the workers tell it again. */
export interface TicketStarter {
  /** Starts a ticket's workflow in the background, within 2 s or not at all. */
  start(ticketId: string): void;
  /** Sends an operation to the ticket's workflow and waits for its answer, up to 5 s. False where none came. */
  operate(input: { ticketId: string; operationId: string; action: TicketAction }): Promise<boolean>;
  /** Waits for starts under way. */
  drain(): Promise<void>;
}

export function createTicketStarter(temporal: TemporalClientHandle, logger: Logger): TicketStarter {
  const starter = createWorkflowStarter(temporal, logger);
  return {
    start: (ticketId) => starter.start(workflowOf(ticketId)),
    operate: ({ ticketId, operationId, action }) =>
      starter.operate(workflowOf(ticketId), ticketUpdates[action], operationId),
    drain: () => starter.drain(),
  };
}

function workflowOf(ticketId: string): StartableWorkflow {
  return { type: ticketWorkflowType, options: ticketStartOptions(ticketId), about: { ticketId } };
}
