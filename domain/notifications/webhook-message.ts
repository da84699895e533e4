import { subjectFields } from './announcement.ts';
import type { ChannelMessage, MessageKind } from './channel.ts';

/** What webhooks are sent. */
export interface WebhookBody {
  readonly type: MessageKind;
  /** ISO 8601, UTC. */
  readonly timestamp: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** A message as webhooks are sent it. */
export function webhookBodyOf({ kind, subject, title, details, at }: ChannelMessage): WebhookBody {
  return { type: kind, timestamp: at, data: { ...details, title, ...subjectFields(subject) } };
}

/** Whose secret it is, for the box that keeps a webhook's secret. */
export function webhookSecretContext(webhookId: string): string {
  return `webhook:${webhookId}`;
}
