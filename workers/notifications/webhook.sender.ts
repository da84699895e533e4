import { webhookChannel, type WebhookChannelOptions } from '#connectors/webhook/webhook-channel.ts';
import type { Database } from '#db/database.ts';
import { findWebhookTarget } from '#db/notifications/webhooks.ts';
import { webhookSecretContext } from '#domain/notifications/webhook-message.ts';
import { disableUnwanted } from '#ledger/notifications/webhooks.ts';
import type { SecretBox } from '#platform/secret-box.ts';
import type { Sender } from './sender.ts';

export interface WebhookSenderDeps {
  readonly db: Database;
  /** Opens the secrets of webhooks. */
  readonly secrets: Pick<SecretBox, 'open'>;
  /** SIGNALBOX_WEBHOOK_ALLOW_PRIVATE. */
  readonly allowPrivateNetworks?: boolean;
  readonly lookup?: WebhookChannelOptions['lookup'];
}

/** Sends to webhooks, by their ids, what their addresses and secrets are by now. One that is gone or disabled gets nothing. */
export function createWebhookSender(deps: WebhookSenderDeps): Sender {
  const { db, secrets } = deps;
  const channel = webhookChannel({ allowPrivate: deps.allowPrivateNetworks ?? false, lookup: deps.lookup });
  return {
    async deliver(webhookId, message, signal) {
      const webhook = await findWebhookTarget(db, webhookId);
      if (webhook === undefined) return { outcome: 'give-up', error: 'The webhook was deleted' };
      if (!webhook.enabled) return { outcome: 'give-up', error: 'The webhook was disabled' };
      const secret = await secrets.open(webhook.secret, webhookSecretContext(webhookId));
      return channel.deliver({ url: webhook.url, secret }, message, signal);
    },
    unwanted: (webhookId) => disableUnwanted(db, webhookId),
  };
}
