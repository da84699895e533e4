import { sql } from 'kysely';
import type { Tx } from '#db/database.ts';
import type { OperationToApply } from './check-operation.ts';
import { settle } from './step.ts';
import { record } from './record.ts';
import { writeWaiting } from './waiting.ts';

/** Lets somebody else approve the current step: too (add-approver), or in place of the one who hands it on (transfer). */
export async function applyPeople(tx: Tx, { ticket, operation, now }: OperationToApply): Promise<void> {
  const { id: ticketId, version, step } = ticket;
  const { actor, message } = operation;
  const userId = String(operation.details['userId']);
  const transfer = operation.action === 'transfer';
  const { name } = await tx.selectFrom('user').select('name').where('id', '=', userId).executeTakeFirstOrThrow();
  if (transfer) await setApprover(tx, { ticketId, step, userId: actor.id, may: false, byName: actor.name });
  await setApprover(tx, { ticketId, step, userId, may: true, byName: actor.name });
  await writeWaiting(tx, ticket);
  const steps = ticket.change.flow.steps.length;
  await record(tx, ticket, {
    story: [
      {
        kind: transfer ? 'transferred' : 'approver-added',
        actor: actor.name,
        details: { step, user: name, ...(message === '' ? {} : { message }) },
      },
    ],
    announce: {
      kind: 'ticket.decision-needed',
      userIds: [userId],
      details: {
        requester: ticket.requesterName,
        nodes: ticket.nodes,
        version,
        step: step + 1,
        steps,
        by: actor.name,
      },
    },
  });
  if (!(await settle(tx, ticketId, now))) await record(tx, ticket, { state: ticket.state });
}

async function setApprover(
  tx: Tx,
  row: { ticketId: string; step: number; userId: string; may: boolean; byName: string },
): Promise<void> {
  await sql`insert into ticket_approver (ticket_id, step, user_id, may, by_name)
    values (${row.ticketId}::uuid, ${row.step}, ${row.userId}, ${row.may}, ${row.byName})
    on conflict (ticket_id, step, user_id) do update set may = excluded.may, by_name = excluded.by_name, at = ledger_now()`.execute(
    tx,
  );
}
