import { type Kysely, sql } from 'kysely';

/** Announcements about any subject; who was told in the web inbox, and what is sent by other channels. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const statements = [
  `drop table notification`,
  `drop table webhook_delivery`,
  // What is told, once, however many are told of it.
  `create table announcement (
    id uuid primary key, kind text not null, subject_noun text not null, subject_id text not null, title text not null,
    details jsonb not null default '{}', created_at timestamptz not null default ledger_now())`,
  `create index announcement_created on announcement (created_at)`,
  `create table notification (
    id uuid primary key, user_id text not null references "user" (id) on delete cascade,
    announcement_id uuid not null references announcement (id) on delete cascade, read_at timestamptz)`,
  `create index notification_user on notification (user_id, id desc)`,
  `create index notification_unread on notification (user_id) where read_at is null`,
  `create index notification_announcement on notification (announcement_id)`,
  // The recipient is whatever its channel knows it by: a webhook's id, a chat.
  `create table delivery (
    id uuid primary key, channel text not null, recipient text not null,
    announcement_id uuid not null references announcement (id) on delete cascade,
    state text not null default 'pending' check (state in ('pending', 'delivered', 'given-up')),
    attempts integer not null default 0, next_at timestamptz not null default ledger_now(), last_status integer,
    last_error text, provider_message_id text, created_at timestamptz not null default ledger_now(), delivered_at timestamptz)`,
  `create index delivery_due on delivery (channel, recipient, next_at) where state = 'pending'`,
  `create index delivery_log on delivery (channel, recipient, id desc)`,
  `create index delivery_announcement on delivery (announcement_id)`,
  `create index delivery_created on delivery (created_at) where state <> 'pending'`,
];
