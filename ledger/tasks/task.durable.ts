import { sql } from 'kysely';
import type { Durable } from '#ledger/kernel/durable.ts';
import { tasksWithLeaseOver } from './lose-host-runs.ts';

/**
 * Tasks, as a sweeper sees them. Open ones want their workflow started, or woken: `submitted` ones at once, others
 * `stalledMs` after somebody should have looked, and those with a decision to make: a host was not heard for longer than
 * its lease, or a gateway's nudge had no effect for `dueMs`. A claim holds for the same time again.
 */
export const taskDurable: Durable<'task'> = {
  noun: 'task',
  async claim(db, { newMs, stalledMs, dueMs, limit }) {
    const ago = (ms: number) => sql`ledger_now() - make_interval(secs => ${ms / 1000}::float8)`;
    const { rows } = await sql<{ id: string }>`
      with lease_over as materialized (${tasksWithLeaseOver}),
      wanted as materialized (
        select id from task
        where state in ('submitted', 'running', 'paused', 'killing')
          and (recheck_at < case when state = 'submitted' then ${ago(newMs)} else ${ago(stalledMs)} end
               or id in (select task_id from task_window where due_at < ${ago(dueMs)})
               or id in (select task_id from task_window where due is null and task_id in (select task_id from lease_over)))
        order by recheck_at limit ${limit} for no key update skip locked),
      woken as (
        update task_window set due = coalesce(due, 'lease'), due_at = ledger_now()
        where task_id in (select id from wanted) and (due is not null or task_id in (select task_id from lease_over)))
      update task set recheck_at = ledger_now() where id in (select id from wanted)
      returning id`.execute(db);
    return rows.map((row) => row.id);
  },
};
