import type { notificationNames } from '#domain/notifications/names.ts';
import type { ReasonWords } from '../reason-words.ts';

export const en = {
  'no-such-delivery': 'There is no such delivery.',
  'delivery-pending': 'This delivery is still being tried. Wait until it has ended.',
  'no-such-webhook': "There is no webhook '{webhook}'.",
  'webhook-disabled': 'Webhook {webhook} is disabled. Enable it first.',
  'receiver-gone': 'The receiver answered 410: it wants no more messages.',
  'not-an-address': 'is not an address',
  'not-http': 'must be an http or https address',
  'address-with-password': 'must hold no user name and no password',
  'metadata-address': '{host} is where clouds keep secrets',
  'private-address': '{host} is a private or reserved address; SIGNALBOX_WEBHOOK_ALLOW_PRIVATE would allow it',
} satisfies ReasonWords<typeof notificationNames>;
