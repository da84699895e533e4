import { type Kysely, sql } from 'kysely';

/** The change primitive: policies, tickets with their versions, decisions and timeline; notifications and webhooks. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const statements = [
  // --- policies: node_id null is the whole tree
  `create table change_policy (
    kind text not null, node_id bigint references node (id) on delete cascade, policy jsonb not null,
    version integer not null default 1, updated_by text not null, updated_at timestamptz not null default ledger_now(),
    unique nulls not distinct (kind, node_id))`,

  // --- tickets
  `create table ticket (
    id uuid primary key, kind text not null, title text not null,
    state text not null check (state in ('pending', 'approved', 'scheduled', 'applying', 'done', 'failed', 'rejected',
                                         'withdrawn', 'expired')),
    requester_id text not null references "user" (id), requester_name text not null, nodes text[] not null default '{}',
    subject_id uuid not null, version integer not null default 1, content_hash text not null,
    step integer not null default 0, escalated boolean not null default false,
    step_since timestamptz not null default ledger_now(), remind_at timestamptz, timeout_at timestamptz,
    run_at timestamptz, expires_at timestamptz, result jsonb, reason jsonb,
    created_at timestamptz not null default ledger_now(), applied_at timestamptz, ended_at timestamptz, advanced_at timestamptz)`,
  `create index ticket_open on ticket (created_at) where state in ('pending', 'approved', 'scheduled', 'applying')`,
  `create index ticket_requester on ticket (requester_id, id desc)`,
  `create index ticket_state on ticket (state, id desc)`,
  `create index ticket_subject on ticket (subject_id)`,
  `create table ticket_node (
    ticket_id uuid not null references ticket (id) on delete cascade, node_id bigint not null references node (id) on delete cascade,
    primary key (node_id, ticket_id))`,
  `create index ticket_node_ticket on ticket_node (ticket_id)`,
  // One row per version: what was asked for, to the letter, and what policy said of it.
  `create table change (
    ticket_id uuid not null references ticket (id) on delete cascade, version integer not null, kind text not null,
    content jsonb not null, content_hash text not null, risk text not null check (risk in ('low', 'medium', 'high')),
    flow jsonb not null, made_by text not null, why jsonb not null, created_at timestamptz not null default ledger_now(),
    primary key (ticket_id, version))`,
  // A step for a person (kind manual.step): the subject of its ticket.
  `create table manual_step (
    id uuid primary key, title text not null, instructions text not null, state text not null
      check (state in ('awaiting-approval', 'open', 'done', 'failed', 'refused')),
    note text, completed_by text, created_at timestamptz not null default ledger_now(), ended_at timestamptz)`,
  // Who may decide beyond the flow: added people, and (false) people who handed their part to somebody else.
  `create table ticket_approver (
    ticket_id uuid not null references ticket (id) on delete cascade, step integer not null,
    user_id text not null references "user" (id), may boolean not null, by_name text not null,
    at timestamptz not null default ledger_now(), primary key (ticket_id, step, user_id))`,
  // What is waited for now, as principals (user:<id>, role:<role>, owner:<node id>): the inbox joins on them.
  `create table ticket_waiting (
    principal text not null, ticket_id uuid not null references ticket (id) on delete cascade,
    primary key (principal, ticket_id))`,
  `create index ticket_waiting_ticket on ticket_waiting (ticket_id)`,
  // What people asked for, written by the api after authentication; carried out by the ticket's workflow.
  `create table ticket_operation (
    id uuid primary key, ticket_id uuid not null references ticket (id) on delete cascade, action text not null,
    actor_id text not null, actor_name text not null, version integer not null, content_hash text not null,
    step integer, message text not null default '', details jsonb not null default '{}',
    state text not null default 'requested' check (state in ('requested', 'applied', 'refused')),
    result jsonb, created_at timestamptz not null default ledger_now(), handled_at timestamptz)`,
  `create index ticket_operation_open on ticket_operation (created_at) where state = 'requested'`,
  `create index ticket_operation_ticket on ticket_operation (ticket_id, created_at)`,
  // A decision that counts (or is kept until its step begins). One per person, step and version.
  `create table ticket_decision (
    id uuid primary key, ticket_id uuid not null references ticket (id) on delete cascade,
    version integer not null, step integer not null, verdict text not null check (verdict in ('approve', 'reject', 'pass')),
    content_hash text not null, actor_id text not null, actor_name text not null, message text not null default '',
    early boolean not null default false, voided jsonb, at timestamptz not null default ledger_now())`,
  `create unique index ticket_decision_once on ticket_decision (ticket_id, version, step, actor_id) where voided is null`,
  `create index ticket_decision_actor on ticket_decision (actor_id, ticket_id)`,
  `create index ticket_approver_user on ticket_approver (user_id, ticket_id)`,
  `create table ticket_timeline (
    id bigint generated always as identity primary key, ticket_id uuid not null references ticket (id) on delete cascade,
    at timestamptz not null default ledger_now(), kind text not null, actor text, version integer not null,
    details jsonb not null default '{}')`,
  `create index ticket_timeline_ticket on ticket_timeline (ticket_id, id)`,

  // --- tasks wait for their ticket
  `alter table task drop constraint task_state_check`,
  `alter table task add constraint task_state_check check (state in ('awaiting-approval', 'submitted', 'running', 'paused',
    'killing', 'succeeded', 'failed', 'killed', 'refused'))`,
  `create index task_ticket on task (ticket_id) where ticket_id is not null`,

  // --- notifications: the web inbox, and webhooks with their deliveries
  `create table notification (
    id uuid primary key, user_id text not null references "user" (id) on delete cascade, kind text not null,
    ticket_id uuid references ticket (id) on delete cascade, title text not null, details jsonb not null default '{}',
    created_at timestamptz not null default ledger_now(), read_at timestamptz)`,
  `create index notification_user on notification (user_id, id desc)`,
  `create index notification_unread on notification (user_id) where read_at is null`,
  `create table webhook (
    id uuid primary key, name text not null unique, url text not null, secret text not null, enabled boolean not null default true,
    kinds text[] not null default '{}', created_by text not null, created_at timestamptz not null default ledger_now())`,
  `create table webhook_delivery (
    id uuid primary key, webhook_id uuid not null references webhook (id) on delete cascade, kind text not null,
    body jsonb not null, state text not null default 'pending' check (state in ('pending', 'delivered', 'given-up')),
    attempts integer not null default 0, next_at timestamptz not null default ledger_now(), last_status integer,
    last_error text, created_at timestamptz not null default ledger_now(), delivered_at timestamptz)`,
  `create index webhook_delivery_due on webhook_delivery (next_at) where state = 'pending'`,
  `create index webhook_delivery_webhook on webhook_delivery (webhook_id, id desc)`,
];
