import type { Tx } from '#db/database.ts';
import type { Announcement } from '#domain/notifications/announcement.ts';
import { v7 as uuidv7 } from 'uuid';
import type { RecordPart } from '#ledger/kernel/record.ts';
import type { KeptChannel, SentChannel } from './channel.ts';
import { channels } from './channels.ts';
import { queueDeliveries, storeAnnouncement } from './delivery-queue.ts';

const everyChannel: readonly [name: string, channel: SentChannel | KeptChannel][] = Object.entries(channels);

/** Tells everybody concerned, when (and only when) the caller's transaction commits; sending is for the deliverer. */
export async function announce(tx: Tx, announcement: Announcement): Promise<void> {
  const reached = [];
  for (const [name, channel] of everyChannel) {
    const recipients = await channel.recipients(tx, announcement);
    if (recipients.length > 0) reached.push({ name, channel, recipients });
  }
  if (reached.length === 0) return;
  const stored = { ...announcement, id: uuidv7() };
  await storeAnnouncement(tx, stored);
  for (const { name, channel, recipients } of reached) {
    if ('keep' in channel) await channel.keep(tx, stored, recipients);
    else await queueDeliveries(tx, { channel: name, recipients, announcementId: stored.id });
  }
}

/** The part of a record that announces; `about` says of a thing how it is named. */
export function announcementOf<Thing>(
  about: (thing: Thing) => Pick<Announcement, 'subject' | 'title'>,
): RecordPart<Thing, Omit<Announcement, 'subject' | 'title'>> {
  return (tx, thing, told) => announce(tx, { ...told, ...about(thing) });
}
