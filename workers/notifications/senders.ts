import type { SentChannelName } from '#ledger/notifications/channels.ts';
import type { Sender } from './sender.ts';
import { createWebhookSender, type WebhookSenderDeps } from './webhook.sender.ts';

/** What the senders need. */
export type SenderDeps = WebhookSenderDeps;

/** A sender for each channel that sends. The only list of channels on this floor. */
export function createSenders(deps: SenderDeps): Record<SentChannelName, Sender> {
  return { webhook: createWebhookSender(deps) };
}
