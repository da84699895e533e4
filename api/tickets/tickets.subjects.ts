import type { Subject } from '#api/kernel/http/subject.ts';
import { findTicketAccess, principalsOfActor, type TicketAccess } from '#db/tickets/ticket-access.ts';
import { can } from '#domain/identity/permissions.ts';

/**
 * Seen by its requester, by whoever its flow names or has decided or was added, and by `ticket.view` on one of its nodes
 * or everywhere. What is done to a ticket has rules of its own, in its flow.
 */
export const ticketSubject: Subject<TicketAccess> = {
  find: findTicketAccess,
  mayView: (actor, ticket) =>
    ticket.requesterId === actor.id ||
    can(actor, 'ticket.view') ||
    ticket.nodes.some((node) => can(actor, 'ticket.view', node.ids)) ||
    ticket.userIds.includes(actor.id) ||
    principalsOfActor(actor).some((principal) => ticket.principals.includes(principal)),
  mayAct: (_, action) => action === 'ticket.view',
};
