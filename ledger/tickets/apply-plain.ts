import type { Tx } from '#db/database.ts';
import { announce } from '#ledger/notifications/announce.ts';
import { approversOfStep } from './approvers.ts';
import type { OperationToApply } from './check-operation.ts';
import { endTicket } from './end-ticket.ts';
import { appendTicketTimeline, emitTicketState } from './ticket-timeline.ts';

/** Adds what somebody says to the story, and tells the requester and those who are waited for. */
export async function applyComment(tx: Tx, { ticket, operation }: OperationToApply): Promise<void> {
  const { id: ticketId, version, title } = ticket;
  const { actor, message } = operation;
  await appendTicketTimeline(tx, { ticketId, version, kind: 'commented', actor: actor.name, details: { message } });
  const approvers = ticket.state === 'pending' ? await approversOfStep(tx, ticket, ticket.step) : [];
  await announce(tx, {
    kind: 'ticket.commented',
    subject: { noun: 'ticket', id: ticketId },
    title,
    userIds: [ticket.requesterId, ...approvers.map(({ id }) => id)].filter((id) => id !== actor.id),
    details: { by: actor.name },
  });
  await emitTicketState(tx, ticketId, ticket.state);
}

/** Ends the ticket for its requester (or an administrator). */
export async function applyWithdraw(tx: Tx, { kinds, ticket, operation, now }: OperationToApply): Promise<void> {
  const { actor, message } = operation;
  await appendTicketTimeline(tx, {
    ticketId: ticket.id,
    version: ticket.version,
    kind: 'withdrawn',
    actor: actor.name,
    details: message === '' ? {} : { message },
  });
  const reason = `Withdrawn by ${actor.name}${message === '' ? '' : `: ${message}`}`;
  await endTicket(tx, kinds, ticket.id, { state: 'withdrawn', reason, now, audit: false });
}

/** Writes down how a person's step ended, and ends its ticket with that. */
export async function applyComplete(tx: Tx, { kinds, ticket, operation, now }: OperationToApply): Promise<void> {
  const { actor, message } = operation;
  const outcome = operation.details['outcome'] === 'done' ? 'done' : 'failed';
  const kind = kinds[ticket.kind];
  await kind.complete?.(ticket.subjectId, { outcome, note: message, by: actor.name, now });
  await appendTicketTimeline(tx, {
    ticketId: ticket.id,
    version: ticket.version,
    kind: 'completed',
    actor: actor.name,
    details: { outcome, ...(message === '' ? {} : { message }) },
  });
  const result = await kind.verify(ticket.subjectId);
  if (result === undefined) throw new Error(`The step of ticket ${ticket.id} did not end`);
  const state = result.succeeded ? 'done' : 'failed';
  await endTicket(tx, kinds, ticket.id, { state, reason: result.summary, result, now, audit: false });
}
