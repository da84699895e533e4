import { appendAudit } from '#ledger/audit/append-audit.ts';
import { moveChange } from '#ledger/changes/change-row.ts';
import type { Tx } from '#db/database.ts';
import { announce } from '#ledger/notifications/announce.ts';
import type { ChangeKinds, ChangeResult } from '#domain/changes/change-kind.ts';
import { type endedTicketStates, isEndedTicket } from '#domain/tickets/ticket.ts';
import { approversOfStep } from './approvers.ts';
import { readTicketPosition, type TicketPosition } from './lock-ticket.ts';
import { appendTicketTimeline, emitTicketState, type TicketTimelineInput } from './ticket-timeline.ts';
import { clearWaiting } from './waiting.ts';

export interface TicketEnd {
  readonly state: (typeof endedTicketStates)[number];
  /** Why, as a sentence for people. */
  readonly reason: string;
  readonly result?: ChangeResult;
  readonly now: Date;
  /** A line before that of the end, which says what led to it. */
  readonly timeline?: Pick<TicketTimelineInput, 'kind' | 'actor' | 'details'>;
  /** The name of the audit row (default: `ticket.<state>`); false: the caller has written one of its own. */
  readonly audit?: string | false;
}

/**
 * Ends a ticket for good, once: what was not let go is refused, nobody is waited for, everybody concerned is told. The
 * caller holds the ticket's lock and does nothing after it in its transaction (the audit comes last).
 */
export async function endTicket(tx: Tx, kinds: ChangeKinds, ticketId: string, end: TicketEnd): Promise<void> {
  const ticket = await readTicketPosition(tx, ticketId);
  if (isEndedTicket(ticket.state)) return;
  const { version } = ticket;
  if (ticket.state !== 'applying') await kinds[ticket.kind].refuse(ticket.subjectId, end.reason);
  await moveChange(tx, ticket.subjectId, end.state === 'done' || end.state === 'failed' ? end.state : 'refused');
  await clearWaiting(tx, ticketId);
  await tx
    .updateTable('ticket')
    .set({
      state: end.state,
      reason: end.reason,
      result: end.result === undefined ? null : JSON.stringify(end.result),
      ended_at: end.now,
      remind_at: null,
      timeout_at: null,
    })
    .where('id', '=', ticketId)
    .execute();
  if (end.timeline !== undefined) await appendTicketTimeline(tx, { ticketId, version, ...end.timeline });
  const details = { state: end.state, reason: end.reason };
  await appendTicketTimeline(tx, { ticketId, version, kind: 'ended', details });
  await emitTicketState(tx, ticketId, end.state);
  const userIds = await concerned(tx, ticket);
  await announce(tx, {
    kind: 'ticket.ended',
    subject: { noun: 'ticket', id: ticketId },
    title: ticket.title,
    userIds,
    details,
  });
  if (end.audit === false) return;
  await appendAudit(tx, {
    actor: { id: null, name: 'system' },
    action: end.audit ?? `ticket.${end.state}`,
    target: ticketId,
    node: ticket.nodes[0] ?? '',
    details: { version, contentHash: ticket.contentHash, ...details },
  });
}

/** The requester, everybody who decided, and those who were still asked. */
async function concerned(tx: Tx, ticket: TicketPosition): Promise<string[]> {
  const deciders = await tx
    .selectFrom('ticket_decision')
    .select('actor_id')
    .distinct()
    .where('ticket_id', '=', ticket.id)
    .where('verdict', '<>', 'pass')
    .execute();
  const asked = ticket.state === 'pending' ? await approversOfStep(tx, ticket, ticket.step) : [];
  return [...new Set([ticket.requesterId, ...deciders.map((row) => row.actor_id), ...asked.map(({ id }) => id)])];
}
