import type { WebhookDelivery } from '#web/nouns/notifications/webhooks-client.ts';
import type { MessageKey } from '#web/lib/i18n/index.svelte.ts';
import type { Tone } from '#web/lib/ui/tone.ts';

/** The states of a delivery as people see them. */
export const deliveryStates: Record<WebhookDelivery['state'], { readonly word: MessageKey; readonly tone: Tone }> = {
  pending: { word: 'admin.deliveryPending', tone: 'info' },
  delivered: { word: 'admin.deliveryDelivered', tone: 'ok' },
  'given-up': { word: 'admin.deliveryGivenUp', tone: 'danger' },
};
