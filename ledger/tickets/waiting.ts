import { sql } from 'kysely';
import type { Tx } from '#db/database.ts';
import type { TicketPosition } from './lock-ticket.ts';

/**
 * Writes anew for whom a ticket waits, as principals that the inbox joins on (`user:<id>`, `role:<role>`,
 * `owner:<node id>` for the nodes of the step and all above): those of the current step, once it is escalated also those
 * it is escalated to, and people added for it. A ticket that is not pending, or has no step left, waits for nobody.
 */
export async function writeWaiting(tx: Tx, ticket: TicketPosition): Promise<void> {
  await clearWaiting(tx, ticket.id);
  const { flow } = ticket.change;
  const step = flow.steps[ticket.step];
  if (ticket.state !== 'pending' || step === undefined) return;
  const meant = ticket.escalated ? [...step.approvers, ...step.escalateTo] : step.approvers;
  const named = meant.flatMap((one) => {
    if (one.type === 'user') return [`user:${one.userId}`];
    return one.type === 'role' ? [`role:${one.role}`] : [];
  });
  const nodeIds = meant.some((one) => one.type === 'owners') ? step.nodeIds : [];
  await sql`
    with extra as (select user_id, may from ticket_approver where ticket_id = ${ticket.id}::uuid and step = ${ticket.step})
    insert into ticket_waiting (principal, ticket_id)
    select distinct principal, ${ticket.id}::uuid from (
      select principal from unnest(${named}::text[]) as given (principal)
      union all
      select 'owner:' || above.id from node n, unnest(string_to_array(n.path::text, '.')) as above (id)
      where n.id = any (${nodeIds}::bigint[])
      union all
      select 'user:' || user_id from extra where may) as all_of_them
    where principal not in (select 'user:' || user_id from extra where not may)
      and not (${flow.fourEyes}::boolean and principal = ${`user:${ticket.requesterId}`})`.execute(tx);
}

/** A ticket waits for nobody any more. */
export async function clearWaiting(tx: Tx, ticketId: string): Promise<void> {
  await tx.deleteFrom('ticket_waiting').where('ticket_id', '=', ticketId).execute();
}
