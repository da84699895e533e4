import { withApplicationFailures } from '#activities/application-failure.ts';
import type { Database } from '#db/database.ts';
import type { KindsOn } from '#ledger/changes/kinds-on.ts';
import { advanceTicket } from '#ledger/tickets/advance-ticket.ts';
import { applyTicketOperation } from '#ledger/tickets/apply-operation.ts';
import { releaseTicket } from '#ledger/tickets/release-ticket.ts';
import { type TicketActivities, type TicketStanding, ticketWorkflowId } from '#domain/tickets/ports.ts';
import type { Logger } from '#platform/logging.ts';

/** What a ticket's workflow needs of the ledger. */
export function createTicketActivities(deps: { db: Database; kindsOn: KindsOn; logger?: Logger }): TicketActivities {
  const { db, kindsOn, logger } = deps;

  const told = (what: string, standing: TicketStanding, more: Record<string, unknown> = {}): TicketStanding => {
    const { ticketId, state, version } = standing;
    logger?.info({ ticketId, workflowId: ticketWorkflowId(ticketId), state, version, ...more }, what);
    return standing;
  };

  return {
    advanceTicket: withApplicationFailures(async ({ ticketId }) => {
      const standing = await advanceTicket(db, kindsOn, { ticketId });
      return standing.ended ? told('ticket ended', standing) : standing;
    }),
    applyTicketOperation: withApplicationFailures(async ({ ticketId, operationId }) => {
      const result = await applyTicketOperation(db, kindsOn, { ticketId, operationId });
      told('ticket operation', result.standing, { operationId, applied: result.applied, reason: result.reason });
      return result;
    }),
    releaseTicket: withApplicationFailures(async ({ ticketId }) =>
      told('ticket released', await releaseTicket(db, kindsOn, { ticketId })),
    ),
  };
}
