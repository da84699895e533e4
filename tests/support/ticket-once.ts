import { sql } from 'kysely';
import type { Database } from '#db/database.ts';
import type { TicketAction } from '#domain/tickets/ticket.ts';

/** Lines of the timeline that an applied operation leaves: one of these, once. */
const linesOf = {
  approve: ['approved', 'kept-early'],
  reject: ['rejected'],
  withdraw: ['withdrawn'],
  comment: ['commented'],
  transfer: ['transferred'],
  'add-approver': ['approver-added'],
  resubmit: ['resubmitted'],
  complete: ['completed'],
} as const satisfies Record<TicketAction, readonly string[]>;

/** What happened to a ticket more often than it was asked for (or was said to have happened and did not). */
export async function repeatFaultsOf(db: Database, ticketId: string): Promise<string[]> {
  const ops = await db
    .selectFrom('operation')
    .select(['id', 'action'])
    .where('subject_id', '=', ticketId)
    .where('state', '=', 'applied')
    .execute();
  const lines = await db.selectFrom('ticket_timeline').select('kind').where('ticket_id', '=', ticketId).execute();
  const faults = Object.entries(linesOf).flatMap(([action, kinds]: [string, readonly string[]]) => {
    const asked = ops.filter((one) => one.action === action).length;
    const done = lines.filter((line) => kinds.includes(line.kind)).length;
    return asked === done ? [] : [`${action} ${asked} times, done ${done} times`];
  });
  const { rows: decisions } = await sql<{ who: string; n: number; asked: number }>`
    select concat_ws(' ', d.actor_id, d.verdict, 'version', d.version, 'step', d.step) as who, count(*)::int as n,
           count(*) filter (where o.state = 'applied' or d.verdict = 'pass')::int as asked
    from ticket_decision d left join operation o on o.id = d.id and o.subject_id = d.ticket_id
    where d.ticket_id = ${ticketId}::uuid and d.voided is null
    group by d.actor_id, d.verdict, d.version, d.step`.execute(db);
  for (const { who, n, asked } of decisions) {
    if (n > 1) faults.push(`decided ${n} times: ${who}`);
    if (asked < n) faults.push(`nobody asked for: ${who}`);
  }
  const { rows: audited } = await sql<{ n: number }>`select count(*)::int as n from audit
    where target = ${ticketId} and action = 'ticket.applied'`.execute(db);
  const applied = audited[0]?.n ?? 0;
  const told = lines.filter((line) => line.kind === 'applying').length;
  if (applied !== told) faults.push(`applied ${told} times, audited ${applied} times`);
  return faults;
}
