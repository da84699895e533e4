import { type Kysely, sql } from 'kysely';

/** Schedules, and what became of each time at which one was due. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const statements = [
  // `sent_version` is what Temporal has been told; another one than `version` is still to be told.
  `create table schedule (
    id uuid primary key, name text not null, name_key text not null, node_id bigint references node (id) on delete set null,
    description text not null default '', kind text not null, payload jsonb not null, cron text not null, zone text not null,
    overlap text not null check (overlap in ('skip', 'queue', 'replace')), catch_up_ms bigint not null,
    paused boolean not null default false, owner_id text not null, owner_name text not null,
    version integer not null default 1, sent_version integer not null default 0, counted_from timestamptz not null default ledger_now(),
    created_by text not null, created_at timestamptz not null default ledger_now(), updated_at timestamptz not null default ledger_now(),
    deleted_at timestamptz)`,
  `create unique index schedule_name on schedule (name_key) where deleted_at is null`,
  `create index schedule_order on schedule (name) where deleted_at is null`,
  `create index schedule_node on schedule (node_id)`,
  `create index schedule_unsent on schedule (id) where version <> sent_version`,
  `create table firing (
    schedule_id uuid not null references schedule (id) on delete cascade, due_at timestamptz not null,
    state text not null check (state in ('started', 'queued', 'skipped', 'missed', 'refused')), by_hand boolean not null default false,
    proposer_id text not null, subject_id uuid, ticket_id uuid, reason jsonb, decided_at timestamptz not null default ledger_now(),
    primary key (schedule_id, due_at))`,
  `create index firing_queued on firing (schedule_id) where state = 'queued'`,
  `create index firing_started on firing (schedule_id, decided_at desc) where state = 'started'`,
];
