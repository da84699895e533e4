import { type Kysely, sql } from 'kysely';

/** The script library: scripts and their versions, which never change. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const statements = [
  // The latest version is on the row too: a list reads no texts.
  `create table script (
    id uuid primary key, name text not null, language text not null check (language in ('shell', 'python', 'json', 'yaml')),
    description text not null default '', latest_version integer not null default 1, bytes integer not null,
    created_by text not null, created_at timestamptz not null default ledger_now(),
    updated_by text not null, updated_at timestamptz not null default ledger_now())`,
  `create unique index script_name on script (lower(name))`,
  `create index script_order on script (name)`,
  `create table script_version (
    script_id uuid not null references script (id) on delete cascade, version integer not null check (version > 0),
    content text not null, bytes integer not null, note text not null default '', created_by text not null,
    created_at timestamptz not null default ledger_now(), primary key (script_id, version))`,
];
