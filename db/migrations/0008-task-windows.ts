import { type Kysely, sql } from 'kysely';

/** Hand-out between two decisions of a task's workflow: its window, and when somebody is to look at it next. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const statements = [
  `create table task_window (
    task_id uuid primary key references task (id) on delete cascade, open boolean not null,
    due text check (due in ('errors', 'end', 'lease')), due_at timestamptz,
    concurrency integer, error_limit integer, lease_ms bigint not null, next_ord integer not null default 0,
    filled_at timestamptz not null default ledger_now(), told_at timestamptz not null default ledger_now(),
    check ((due is null) = (due_at is null))) with (fillfactor = 50)`,

  // From when a sweeper counts the time in which nobody looked, in place of when somebody looked last.
  `alter table task rename column advanced_at to recheck_at`,
  `update task set recheck_at = created_at where recheck_at is null`,
  `alter table task alter column recheck_at set default ledger_now(), alter column recheck_at set not null`,
  `create index task_recheck on task (recheck_at) where state in ('submitted', 'running', 'paused', 'killing')`,
  `drop index task_open`,

  // Agents that nobody hears, for what they hold.
  `create index agent_away on agent (id) where disconnected_at is not null or gateway_id is null`,

  // A search stays inside of one task, and its rows are read in no time; every move of a host wrote this index anew.
  `drop index host_run_address`,
];
