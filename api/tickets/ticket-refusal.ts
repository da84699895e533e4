import { Problem } from '#domain/errors.ts';
import type { Reason } from '#domain/reasons.ts';
import type { TicketState } from '#domain/tickets/ticket.ts';

/** A refusal of the ledger as a problem: who may not, what was named wrongly, or what is not possible now. */
export function refusedByTicket(reason: Reason, ticketState: TicketState): Problem {
  const extra = { ticketState };
  switch (reason.code) {
    case 'self-approval':
    case 'not-an-approver':
    case 'not-the-requester':
    case 'requester-or-admin-only':
    case 'not-concerned':
    case 'requester-gone':
    case 'change-forbidden':
    case 'no-permission':
    case 'no-permission-on':
      return new Problem('forbidden', reason, { extra });
    case 'no-such-user':
      return new Problem('invalid-input', reason, { extra, fields: [{ field: 'user', fault: reason }] });
    case 'no-such-step':
      return new Problem('invalid-input', reason, { extra, fields: [{ field: 'step', fault: reason }] });
    default:
      return new Problem('not-in-this-state', reason, { extra });
  }
}
