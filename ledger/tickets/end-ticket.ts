import { moveChange } from '#ledger/changes/change-row.ts';
import type { Tx } from '#db/database.ts';
import type { ChangeKinds, ChangeResult } from '#domain/changes/change-kind.ts';
import { type endedTicketStates, isEndedTicket } from '#domain/tickets/ticket.ts';
import type { AuditAction } from '#domain/names.ts';
import type { Reason } from '#domain/reasons.ts';
import { approversOfStep } from './approvers.ts';
import { readTicketPosition, type TicketPosition } from './lock-ticket.ts';
import { record, type TicketLine } from './record.ts';
import { clearWaiting } from './waiting.ts';

export interface TicketEnd {
  readonly state: (typeof endedTicketStates)[number];
  readonly reason: Reason;
  readonly result?: ChangeResult;
  readonly now: Date;
  /** A line before that of the end, which says what led to it. */
  readonly line?: TicketLine;
  /** What is audited where the platform itself ends it; what a person does was audited when they asked for it. */
  readonly audit?: AuditAction;
}

/**
 * Ends a ticket for good, once: what was not let go is refused, nobody is waited for, everybody concerned is told. The
 * caller holds the ticket's lock.
 */
export async function endTicket(tx: Tx, kinds: ChangeKinds, ticketId: string, end: TicketEnd): Promise<void> {
  const ticket = await readTicketPosition(tx, ticketId);
  if (isEndedTicket(ticket.state)) return;
  if (ticket.state !== 'applying') await kinds[ticket.kind].refuse(ticket.subjectId, end.reason);
  await moveChange(tx, ticket.subjectId, end.state === 'done' || end.state === 'failed' ? end.state : 'refused');
  await clearWaiting(tx, ticketId);
  await tx
    .updateTable('ticket')
    .set({
      state: end.state,
      reason: JSON.stringify(end.reason),
      result: end.result === undefined ? null : JSON.stringify(end.result),
      ended_at: end.now,
      remind_at: null,
      timeout_at: null,
    })
    .where('id', '=', ticketId)
    .execute();
  const details = { state: end.state, reason: end.reason };
  await record(tx, ticket, {
    story: [...(end.line === undefined ? [] : [end.line]), { kind: 'ended', details }],
    state: end.state,
    announce: { kind: 'ticket.ended', userIds: await concerned(tx, ticket), details },
    audit:
      end.audit === undefined
        ? undefined
        : { action: end.audit, details: { contentHash: ticket.contentHash, ...details } },
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
