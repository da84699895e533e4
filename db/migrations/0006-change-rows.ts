import { type Kysely, sql } from 'kysely';

/** A row for every change, ticketed or direct; the versions of ticketed ones beside it; targets of tasks as frozen rows. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const statements = [
  `alter table change rename to change_version`,
  `create table change (
    id uuid primary key, kind text not null, subject_id uuid not null unique, ticket_id uuid references ticket (id) on delete set null,
    proposer_id text not null, proposer_name text not null,
    origin text not null check (origin in ('web', 'cli', 'api', 'schedule', 'pipeline', 'alert', 'card')),
    state text not null check (state in ('proposed', 'applying', 'done', 'failed', 'refused')),
    created_at timestamptz not null default ledger_now(), ended_at timestamptz)`,
  `create index change_state on change (state, id desc)`,
  `create index change_ticket on change (ticket_id) where ticket_id is not null`,
  // What a task was planned for: one row per host, in the order of hand-out. The generation is the agent at that time.
  `create table task_target (
    task_id uuid not null references task (id) on delete cascade, ord integer not null, host text not null,
    machine_id uuid, generation text not null, primary key (task_id, ord))`,
];
