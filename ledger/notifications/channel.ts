import type { Tx } from '#db/database.ts';
import type { Announcement } from '#domain/notifications/announcement.ts';

/** An announcement that has its row. */
export interface StoredAnnouncement extends Announcement {
  readonly id: string;
}

/** A channel to an outside system: each recipient gets a row in `delivery`, which the deliverer sends. */
export interface SentChannel {
  /** Whom the announcement reaches by this channel, each once, under the names that its sender knows them by. */
  recipients(tx: Tx, announcement: Announcement): Promise<readonly string[]>;
}

/** A channel whose messages stay here: they have arrived once they are written, and each is a row of the channel's own. */
export interface KeptChannel extends SentChannel {
  keep(tx: Tx, announcement: StoredAnnouncement, recipients: readonly string[]): Promise<void>;
}
