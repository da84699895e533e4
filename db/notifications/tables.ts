import type { ColumnType, Generated, JSONColumnType } from 'kysely';

type TimeDefault = ColumnType<Date, Date | string | undefined, Date | string>;
type MaybeTime = ColumnType<Date | null, Date | string | null | undefined, Date | string | null>;

/** One message in somebody's web inbox. */
export interface NotificationTable {
  id: string;
  user_id: string;
  kind: string;
  ticket_id: string | null;
  title: string;
  details: JSONColumnType<Record<string, unknown>, string | undefined, string>;
  created_at: TimeDefault;
  read_at: MaybeTime;
}

/** Where events are posted. `secret` is sealed. Empty `kinds`: all. */
export interface WebhookTable {
  id: string;
  name: string;
  url: string;
  secret: string;
  enabled: Generated<boolean>;
  kinds: Generated<string[]>;
  created_by: string;
  created_at: TimeDefault;
}

export interface WebhookDeliveryTable {
  id: string;
  webhook_id: string;
  kind: string;
  body: JSONColumnType<Record<string, unknown>, string, string>;
  state: Generated<'pending' | 'delivered' | 'given-up'>;
  attempts: Generated<number>;
  next_at: TimeDefault;
  last_status: number | null;
  last_error: string | null;
  created_at: TimeDefault;
  delivered_at: MaybeTime;
}
