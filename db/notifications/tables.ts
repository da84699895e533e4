import type { ColumnType, Generated, JSONColumnType } from 'kysely';

type TimeDefault = ColumnType<Date, Date | string | undefined, Date | string>;
type MaybeTime = ColumnType<Date | null, Date | string | null | undefined, Date | string | null>;

/** How a delivery stands. */
export type DeliveryState = 'pending' | 'delivered' | 'given-up';

/** What was announced, once, however many are told of it. */
export interface AnnouncementTable {
  id: string;
  kind: string;
  subject_noun: string;
  subject_id: string;
  title: string;
  details: JSONColumnType<Record<string, unknown>, string | undefined, string>;
  created_at: TimeDefault;
}

/** An announcement in somebody's web inbox. */
export interface NotificationTable {
  id: string;
  user_id: string;
  announcement_id: string;
  read_at: MaybeTime;
}

/** An announcement on its way to one recipient of a channel. `recipient` is what the channel knows it by. */
export interface DeliveryTable {
  id: string;
  channel: string;
  recipient: string;
  announcement_id: string;
  state: Generated<DeliveryState>;
  attempts: Generated<number>;
  next_at: TimeDefault;
  last_status: Generated<number | null>;
  last_error: Generated<string | null>;
  /** What the provider calls the message. */
  provider_message_id: Generated<string | null>;
  created_at: TimeDefault;
  delivered_at: MaybeTime;
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
