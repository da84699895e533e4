import { type Kysely, sql } from 'kysely';

/** Secrets and their versions. A value lies here sealed, and is gone where its version was deleted. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const statements = [
  // Where its node goes, it belongs to the whole platform: fewer people may use it then, not more.
  `create table secret (
    id uuid primary key, name text not null unique, node_id bigint references node (id) on delete set null, description text not null default '',
    latest_version integer not null default 1, created_by text not null, created_at timestamptz not null default ledger_now(),
    rotated_by text not null, rotated_at timestamptz not null default ledger_now())`,
  `create index secret_node on secret (node_id)`,
  `create table secret_version (
    secret_id uuid not null references secret (id) on delete cascade, version integer not null check (version > 0),
    sealed text, created_by text not null, created_at timestamptz not null default ledger_now(), deleted_at timestamptz,
    primary key (secret_id, version), check ((sealed is null) = (deleted_at is not null)))`,
];
