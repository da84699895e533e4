import { type Kysely, sql } from 'kysely';

/** One outbox of what people ask, for every noun that a workflow carries. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const statements = [
  `drop table task_operation`,
  `drop table ticket_operation`,
  // Written by the api after authentication; carried out by the subject's workflow.
  `create table operation (
    id uuid primary key, noun text not null, subject_id uuid not null, action text not null,
    actor_id text not null, actor_name text not null, details jsonb not null default '{}',
    state text not null default 'requested' check (state in ('requested', 'applied', 'refused')),
    result jsonb, created_at timestamptz not null default ledger_now(), handled_at timestamptz)`,
  `create index operation_requested on operation (noun, created_at) where state = 'requested'`,
  `create index operation_subject on operation (subject_id, created_at)`,
];
