import { sql } from 'kysely';
import type { Tx } from '#db/database.ts';
import type { OperationToApply } from './check-operation.ts';
import { endTicket } from './end-ticket.ts';
import { settle } from './step.ts';
import { record } from './record.ts';
import { because } from '#domain/reasons.ts';

/**
 * Writes a decision down: an approval counts for the current step or is kept for its later one, a rejection ends the
 * ticket. The id of the operation is the decision's: it cannot be there twice.
 */
export async function applyDecision(
  tx: Tx,
  { kinds, ticket, operation, verdict, now }: OperationToApply,
): Promise<void> {
  const step = verdict.step ?? ticket.step;
  const early = verdict.early ?? false;
  const approves = operation.action === 'approve';
  const { id: ticketId, version } = ticket;
  // Whoever rejects after an approval of their own (while the run time is awaited) takes that back.
  if (!approves) {
    await tx
      .updateTable('ticket_decision')
      .set({ voided: JSON.stringify([because('rejected-afterwards')]) })
      .where('ticket_id', '=', ticketId)
      .where('version', '=', version)
      .where('step', '=', step)
      .where('actor_id', '=', operation.actor.id)
      .where('voided', 'is', null)
      .execute();
  }
  await tx
    .insertInto('ticket_decision')
    .values({
      id: operation.id,
      ticket_id: ticketId,
      version,
      step,
      verdict: approves ? 'approve' : 'reject',
      content_hash: operation.contentHash,
      actor_id: operation.actor.id,
      actor_name: operation.actor.name,
      message: operation.message,
      early,
      voided: null,
      at: sql<Date>`ledger_now()`,
    })
    .execute();
  const line = {
    kind: !approves ? 'rejected' : early ? 'kept-early' : 'approved',
    actor: operation.actor.name,
    details: { step, operationId: operation.id, ...(operation.message === '' ? {} : { message: operation.message }) },
  } as const;
  await record(tx, ticket, { story: [line] });
  if (!approves) {
    const reason = because('rejected', { by: operation.actor.name, message: operation.message });
    return endTicket(tx, kinds, ticketId, { state: 'rejected', reason, now });
  }
  if (!(await settle(tx, ticketId, now))) await record(tx, ticket, { state: ticket.state });
}
