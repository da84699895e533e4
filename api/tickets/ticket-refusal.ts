import { Problem } from '#domain/errors.ts';
import type { TicketRefusal, TicketState } from '#domain/tickets/ticket.ts';

/** A refusal of the ledger as a problem: who may not, what was named wrongly, or what is not possible now. */
export function refusedByTicket(
  fault: { readonly reason: TicketRefusal; readonly detail: string },
  ticketState: TicketState,
): Problem {
  const { reason, detail } = fault;
  const more = { reason, extra: { ticketState } };
  switch (reason) {
    case 'self-approval':
    case 'not-an-approver':
    case 'not-the-requester':
    case 'change-forbidden':
      return new Problem('forbidden', detail, more);
    case 'no-such-user':
      return new Problem('invalid-input', detail, { ...more, fields: [{ field: 'user', message: detail }] });
    case 'no-such-step':
      return new Problem('invalid-input', detail, { ...more, fields: [{ field: 'step', message: detail }] });
    default:
      return new Problem('not-in-this-state', detail, more);
  }
}
