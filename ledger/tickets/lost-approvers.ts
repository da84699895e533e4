import type { Tx } from '#db/database.ts';
import { approversOfStep } from './approvers.ts';
import { beginStep } from './step.ts';
import type { TicketPosition } from './lock-ticket.ts';
import { record } from './record.ts';
import { because, someOf } from '#domain/reasons.ts';

/**
 * Whoever approved must still be able to, now that it is to run: approvals of people who are not (their role or grant is
 * gone, they are disabled) become void, and the first step that had one begins again, with the approvals that are left.
 * Answers whether that was so. The caller holds the ticket's lock.
 */
export async function reopenForLostApprovers(tx: Tx, ticket: TicketPosition, now: Date): Promise<boolean> {
  const { id: ticketId, version } = ticket;
  const approvals = await tx
    .selectFrom('ticket_decision')
    .select(['id', 'step', 'actor_id', 'actor_name'])
    .where('ticket_id', '=', ticketId)
    .where('version', '=', version)
    .where('verdict', '=', 'approve')
    .where('voided', 'is', null)
    .orderBy('step')
    .execute();
  const lost: (typeof approvals)[number][] = [];
  for (const index of new Set(approvals.map((approval) => approval.step))) {
    const approvers = new Set((await approversOfStep(tx, ticket, index)).map(({ id }) => id));
    lost.push(...approvals.filter((approval) => approval.step === index && !approvers.has(approval.actor_id)));
  }
  const first = lost[0];
  if (first === undefined) return false;

  const people = someOf([...new Set(lost.map((approval) => approval.actor_name))]);
  const why = [because('approvers-gone', { people })];
  await tx
    .updateTable('ticket_decision')
    .set({ voided: JSON.stringify([because('no-longer-an-approver')]) })
    .where(
      'id',
      'in',
      lost.map((approval) => approval.id),
    )
    .execute();
  await record(tx, ticket, {
    story: [{ kind: 'asked-again', details: { why, step: first.step } }],
    announce: {
      kind: 'ticket.asked-again',
      userIds: [ticket.requesterId],
      details: { why, version, nodes: ticket.nodes },
    },
    audit: { action: 'ticket.asked-again', details: { why } },
  });
  await beginStep(tx, ticketId, { step: first.step, now });
  return true;
}
