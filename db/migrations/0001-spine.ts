import { type Kysely, sql } from 'kysely';

/** The first floor of the ledger: identity, tree, machines, agents, tasks, audit, events. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const statements = [
  `create extension if not exists ltree`,
  `create extension if not exists pg_trgm`,

  // What time it is for the ledger: of the statement, so that whoever waited for a lock does not stay in the time before it.
  `create function ledger_now() returns timestamptz language sql stable parallel safe as $$ select statement_timestamp() $$`,

  // --- identity: the first six tables are better-auth's (its names, its column spelling)
  `create table "user" (
    id text primary key, name text not null, email text not null unique, "emailVerified" boolean not null default false,
    image text, username text unique, "displayUsername" text,
    role text not null default 'none' check (role in ('admin', 'ops', 'viewer', 'none')),
    "mustChangePassword" boolean not null default false, disabled boolean not null default false,
    "createdAt" timestamptz not null default now(), "updatedAt" timestamptz not null default now())`,
  `create table session (
    id text primary key, "expiresAt" timestamptz not null, token text not null unique,
    "createdAt" timestamptz not null default now(), "updatedAt" timestamptz not null default now(),
    "ipAddress" text, "userAgent" text, "userId" text not null references "user" (id) on delete cascade)`,
  `create index session_by_user on session ("userId")`,
  `create table account (
    id text primary key, "accountId" text not null, "providerId" text not null,
    "userId" text not null references "user" (id) on delete cascade, "accessToken" text, "refreshToken" text,
    "idToken" text, "accessTokenExpiresAt" timestamptz, "refreshTokenExpiresAt" timestamptz, scope text, password text,
    "createdAt" timestamptz not null default now(), "updatedAt" timestamptz not null default now())`,
  `create index account_user on account ("userId")`,
  `create table verification (
    id text primary key, identifier text not null, value text not null, "expiresAt" timestamptz not null,
    "createdAt" timestamptz default now(), "updatedAt" timestamptz default now())`,
  `create index verification_identifier on verification (identifier)`,
  `create table apikey (
    id text primary key, "configId" text not null default 'default', name text, start text, prefix text,
    key text not null unique, "referenceId" text not null references "user" (id) on delete cascade,
    "refillInterval" integer, "refillAmount" integer, "lastRefillAt" timestamptz, enabled boolean not null default true,
    "rateLimitEnabled" boolean not null default false, "rateLimitTimeWindow" integer, "rateLimitMax" integer,
    "requestCount" integer not null default 0, remaining integer, "lastRequest" timestamptz, "expiresAt" timestamptz,
    "createdAt" timestamptz not null default now(), "updatedAt" timestamptz not null default now(),
    permissions text, metadata text)`,
  `create index apikey_reference on apikey ("referenceId")`,
  `create table "rateLimit" (id text primary key, key text not null unique, count integer not null, "lastRequest" bigint not null)`,

  // --- tree
  `create table node (
    id bigint generated always as identity primary key, parent_id bigint references node (id), name text not null,
    path ltree not null unique, is_leaf boolean not null default false, icon text, description text not null default '',
    created_at timestamptz not null default ledger_now(), unique nulls not distinct (parent_id, name))`,
  `create index node_path on node using gist (path)`,
  `create index node_name_trgm on node using gin (name gin_trgm_ops)`,
  `create table node_grant (
    node_id bigint not null references node (id) on delete cascade, user_id text not null references "user" (id) on delete cascade,
    role text not null check (role in ('ops-owner', 'dev-owner', 'viewer')), granted_by text not null,
    granted_at timestamptz not null default ledger_now(), primary key (node_id, user_id))`,
  `create index node_grant_user on node_grant (user_id)`,

  // --- assets: a machine is what is inventoried, whatever agent it has
  `create table machine (
    id uuid primary key, name text not null, address text not null default '', identity uuid not null unique,
    facts jsonb, facts_hash text, facts_at timestamptz, clone_suspected_at timestamptz,
    created_at timestamptz not null default ledger_now())`,
  `create unique index machine_name on machine (lower(name))`,
  `create index machine_address on machine (address)`,
  `create table node_machine (
    node_id bigint not null references node (id), machine_id uuid not null references machine (id) on delete cascade,
    bound_by text not null, bound_at timestamptz not null default ledger_now(), primary key (node_id, machine_id))`,
  `create index node_machine_machine on node_machine (machine_id)`,

  // --- agents
  `create table gateway (
    id text primary key, address text not null, up_since timestamptz not null default ledger_now(),
    heartbeat_at timestamptz not null default ledger_now())`,
  `create table agent (
    id uuid primary key, machine_id uuid not null references machine (id), name text not null, serial text not null,
    public_key_sha256 text not null, version text not null default '', enrolled_at timestamptz not null default ledger_now(),
    certificate_expires_at timestamptz not null, revoked_at timestamptz, spool_id text, boot_id text,
    gateway_id text references gateway (id), epoch bigint not null default 0,
    connected_at timestamptz, disconnected_at timestamptz, next_seq bigint not null default 1)`,
  `create unique index agent_name on agent (lower(name)) where revoked_at is null`,
  `create unique index agent_machine on agent (machine_id) where revoked_at is null`,
  `create index agent_gateway on agent (gateway_id) where revoked_at is null`,
  `create table join_token (
    id uuid primary key, secret_sha256 text not null, created_by text not null, created_at timestamptz not null default ledger_now(),
    expires_at timestamptz not null, agent_name text, node_id bigint references node (id) on delete cascade,
    used_at timestamptz, used_key_sha256 text, agent_id uuid references agent (id), certificate_pem text)`,
  `create table certificate_authority (
    sha256 text primary key, certificate_pem text not null, created_at timestamptz not null default ledger_now())`,

  // --- tasks
  `create table task (
    id uuid primary key, title text not null, state text not null
      check (state in ('submitted', 'running', 'paused', 'killing', 'succeeded', 'failed', 'killed')),
    payload jsonb not null, strategy jsonb not null, requester_id text not null references "user" (id),
    requester_name text not null, nodes text[] not null default '{}', ticket_id uuid, step integer not null default 0,
    last_advance jsonb, advanced_at timestamptz,
    counts jsonb not null, created_at timestamptz not null default ledger_now(), started_at timestamptz, ended_at timestamptz)`,
  `create index task_open on task (created_at) where state in ('submitted', 'running', 'paused', 'killing')`,
  `create index task_requester on task (requester_id, id desc)`,
  `create index task_state on task (state, id desc)`,
  `create table task_node (
    task_id uuid not null references task (id) on delete cascade, node_id bigint not null references node (id) on delete cascade,
    primary key (node_id, task_id))`,
  `create table host_run (
    id uuid primary key default gen_random_uuid(), task_id uuid not null references task (id) on delete cascade,
    ord integer not null, attempt integer not null default 1, current boolean not null default true,
    host text not null, address text not null default '', machine_id uuid references machine (id),
    agent_id uuid references agent (id), state text not null
      check (state in ('pending', 'ready', 'dispatched', 'running', 'killing', 'succeeded', 'failed', 'timed_out',
                       'killed', 'lost', 'revoked', 'buried')),
    step integer, seq bigint, acked_at timestamptz, kill_seq bigint,
    kill_acked_at timestamptz, revoke_seq bigint, revoke_acked_at timestamptz, spool_id text,
    dispatched_at timestamptz, started_at timestamptz, finished_at timestamptz, reported_at timestamptz,
    late boolean not null default false, code integer, detail text not null default '', exit_code integer, signal text,
    stdout_bytes bigint not null default 0, stderr_bytes bigint not null default 0,
    unique (task_id, ord, attempt))`,
  `create unique index host_run_current on host_run (task_id, ord) where current`,
  `create index host_run_state on host_run (task_id, state, ord) where current`,
  `create index host_run_in_flight on host_run (agent_id, task_id) where state in ('dispatched', 'running', 'killing')`,
  `create index host_run_revoking on host_run (agent_id) where revoke_seq is not null and revoke_acked_at is null`,
  `create index host_run_address on host_run using gin (address gin_trgm_ops, host gin_trgm_ops)`,
  `create table host_output (
    host_run_id uuid not null references host_run (id) on delete cascade, stream text not null check (stream in ('stdout', 'stderr')),
    head bytea not null, tail bytea not null, total_bytes bigint not null, primary key (host_run_id, stream))`,
  `create table task_operation (
    id uuid primary key, task_id uuid not null references task (id) on delete cascade,
    action text not null check (action in ('pause', 'continue', 'kill', 'retry-failed')),
    actor_id text not null, actor_name text not null, state text not null default 'requested'
      check (state in ('requested', 'applied', 'refused')),
    result jsonb, created_at timestamptz not null default ledger_now(), handled_at timestamptz)`,
  `create index task_operation_open on task_operation (created_at) where state = 'requested'`,
  `create index task_operation_task on task_operation (task_id, created_at)`,
  `create table task_timeline (
    id bigint generated always as identity primary key, task_id uuid not null references task (id) on delete cascade,
    at timestamptz not null default ledger_now(), kind text not null, actor text, details jsonb not null default '{}')`,
  `create index task_timeline_task on task_timeline (task_id, id)`,
  `create table idempotency_key (
    actor_id text not null, key text not null, route text not null, body_sha256 text not null, status integer not null,
    response jsonb not null, created_at timestamptz not null default ledger_now(), primary key (actor_id, key))`,
  `create index idempotency_key_age on idempotency_key (created_at)`,

  // --- audit: append-only, each row chained to the one before
  `create table audit (
    id bigint primary key, at timestamptz not null, actor_id text, actor_name text not null, action text not null,
    outcome text not null check (outcome in ('allowed', 'denied')), target text not null default '',
    nodes text[] not null default '{}', details jsonb not null default '{}', request_id text, ip text, prev_hash text not null, hash text not null unique)`,
  `create index audit_actor on audit (actor_name, id desc)`,
  `create index audit_target on audit (target, id desc)`,
  // Of nodes by their full names, these and every node above one of them.
  `create function nodes_and_above(nodes text[]) returns text[] language sql immutable strict parallel safe as
    $$ select coalesce(array_agg(distinct array_to_string(names[:depth], '.')), '{}')
       from unnest(nodes) as node, string_to_array(node, '.') as names, generate_series(1, cardinality(names)) as depth $$`,
  `create index audit_nodes on audit using gin (nodes_and_above(nodes))`,
  `create function audit_is_append_only() returns trigger language plpgsql as
    $$ begin raise exception 'audit rows are append-only'; end $$`,
  `create trigger audit_append_only before update or delete or truncate on audit
    for each statement execute function audit_is_append_only()`,

  // --- events for live pages; ordered by (xid, id) and read below the snapshot's xmin, so a late commit is never skipped
  `create table event (
    id bigint generated always as identity primary key, xid xid8 not null default pg_current_xact_id(),
    topic text not null, data jsonb not null, at timestamptz not null default ledger_now())`,
  `create index event_order on event (xid, id)`,
  `create table event_floor (one boolean primary key default true check (one), xid xid8 not null, id bigint not null)`,
];
