import type { WebhookDelivery } from '#web/nouns/notifications/webhooks-client.ts';
import type { MessageKey } from '#web/lib/i18n/index.svelte.ts';
import type { Tone } from '#web/lib/ui/tone.ts';

/** The states of a delivery as people see them. */
export const deliveryStates: Record<WebhookDelivery['state'], { readonly word: MessageKey; readonly tone: Tone }> = {
  pending: { word: 'webhooks.deliveryPending', tone: 'info' },
  delivered: { word: 'webhooks.deliveryDelivered', tone: 'ok' },
  'given-up': { word: 'webhooks.deliveryGivenUp', tone: 'danger' },
};
