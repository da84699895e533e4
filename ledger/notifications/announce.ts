import type { Tx } from '#db/database.ts';
import type { AnnouncementKind } from '#domain/names.ts';
import type { MessageBody } from '#domain/notifications/channel.ts';
import { v7 as uuidv7 } from 'uuid';
import { queueForWebhooks } from './delivery-queue.ts';
import { inboxChannel } from './inbox.channel.ts';

export interface Announcement {
  readonly kind: AnnouncementKind;
  readonly ticketId: string;
  readonly title: string;
  /** Whose web inbox it goes to; webhooks hear of it in any case, once. */
  readonly userIds: readonly string[];
  /** Names and ids, never contents. */
  readonly details: Readonly<Record<string, unknown>>;
}

/** Tells people and webhooks, when (and only when) the caller's transaction commits; sending is for the deliverer. */
export async function announce(tx: Tx, announcement: Announcement): Promise<void> {
  const { kind, ticketId, title, details, userIds } = announcement;
  const body: MessageBody = {
    type: kind,
    timestamp: new Date().toISOString(),
    data: { ...details, title, ticketId },
  };
  await inboxChannel(tx).deliver({ userIds }, { id: uuidv7(), body });
  await queueForWebhooks(tx, kind, body);
}
