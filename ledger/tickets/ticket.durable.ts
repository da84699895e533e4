import { sql } from 'kysely';
import type { Durable } from '#ledger/kernel/durable.ts';

/** How long a ticket stands still before it is claimed though nothing is due: its workflow may be gone. */
const quietMs = 600_000;

/**
 * Tickets, as a sweeper sees them. Open ones want their workflow started: those at which none has looked yet after
 * `newMs`, and those at which none has looked for `stalledMs` though something is due (last checks, a run, a reminder, a
 * time-out), or for ten minutes more though nothing is. A claim holds for `stalledMs`.
 */
export const ticketDurable: Durable<'ticket'> = {
  noun: 'ticket',
  async claim(db, { newMs, stalledMs, limit }) {
    const stalled = sql`make_interval(secs => ${stalledMs / 1000}::float8)`;
    const { rows } = await sql<{ id: string }>`
      update ticket set advanced_at = ledger_now()
      where id in (
        select id from ticket
        where state in ('pending', 'approved', 'scheduled', 'applying')
          and case when advanced_at is null then created_at < ledger_now() - make_interval(secs => ${newMs / 1000}::float8)
              else advanced_at < ledger_now() - ${stalled} and (
                state in ('approved', 'applying')
                or least(remind_at, timeout_at, case when state = 'scheduled' then run_at end, expires_at) < ledger_now() - ${stalled}
                or advanced_at < ledger_now() - ${stalled} - make_interval(secs => ${quietMs / 1000}::float8)) end
        order by created_at limit ${limit} for no key update skip locked)
      returning id`.execute(db);
    return rows.map((row) => row.id);
  },
};
