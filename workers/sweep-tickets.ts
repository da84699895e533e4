import { claimTicketsToStart } from '#ledger/tickets/claim-tickets.ts';
import { findRequestedTicketOperations } from '#ledger/tickets/ticket-operation.ts';
import { ticketStartOptions, ticketUpdates, ticketWorkflowType } from '#workflows/tickets/ticket.messages.ts';
import { sendOperation, startWorkflow } from './send-on.ts';
import type { SweeperDeps, SweepLimits } from './sweep-limits.ts';

const workflowOf = (ticketId: string) => ({ type: ticketWorkflowType, options: ticketStartOptions(ticketId) });

/** Starts the workflows of open tickets that nobody started, or that stand still though something is due. */
export async function startTickets({ db, client, logger }: SweeperDeps, limits: SweepLimits): Promise<void> {
  const { newMs, stalledMs, batch } = limits;
  for (const ticketId of await claimTicketsToStart(db, { newMs, stalledMs, limit: batch })) {
    await startWorkflow(client, workflowOf(ticketId));
    logger.info({ ticketId }, 'started the workflow of an open ticket');
  }
}

/** Sends operations on tickets that got lost on their way. */
export async function sendTicketOperations({ db, client, logger }: SweeperDeps, limits: SweepLimits): Promise<void> {
  for (const { id, ticketId, action } of await findRequestedTicketOperations(db, limits.operationMs, limits.batch)) {
    await sendOperation(client, workflowOf(ticketId), ticketUpdates[action], id).catch((error: unknown) =>
      logger.warn({ err: error, operationId: id, ticketId }, 'operation not sent'),
    );
  }
}
