import type { ChannelName } from '#domain/names.ts';
import type { KeptChannel, SentChannel } from './channel.ts';
import { inboxChannel } from './inbox.channel.ts';
import { webhookChannel } from './webhook.channel.ts';

/** Whom an announcement reaches, channel by channel. The only list of channels on this floor. */
export const channels = { inbox: inboxChannel, webhook: webhookChannel } satisfies {
  [Name in ChannelName]: SentChannel | KeptChannel;
};

type Channels = typeof channels;
/** Channels that send: each has its sender in workers/notifications/senders.ts. */
export type SentChannelName = {
  [Name in ChannelName]: Channels[Name] extends KeptChannel ? never : Name;
}[ChannelName];
