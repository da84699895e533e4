import { sql } from 'kysely';
import type { Durable } from '#ledger/kernel/durable.ts';

/**
 * Tasks, as a sweeper sees them. Open ones want their workflow started: `submitted` ones at once, others after standing
 * still for `stalledMs`. A claim holds for `newMs` (submitted) or `stalledMs`.
 */
export const taskDurable: Durable<'task'> = {
  noun: 'task',
  async claim(db, { newMs, stalledMs, limit }) {
    const { rows } = await sql<{ id: string }>`
      update task set advanced_at = ledger_now()
      where id in (
        select id from task
        where state in ('submitted', 'running', 'paused', 'killing')
          and coalesce(advanced_at, created_at) < ledger_now() - make_interval(secs => case
            when state = 'submitted' then ${newMs / 1000}::float8 else ${stalledMs / 1000}::float8 end)
        order by created_at limit ${limit} for no key update skip locked)
      returning id`.execute(db);
    return rows.map((row) => row.id);
  },
};
