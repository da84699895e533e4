import type { AnnouncementKind } from '../names.ts';

/** Kind of the message that a webhook's test sends. */
export const testKind = 'webhook.test';
export type MessageKind = AnnouncementKind | typeof testKind;

/** What a message says: names and ids, never contents. `type` is its kind; this is also what webhooks are sent. */
export interface MessageBody {
  readonly type: MessageKind;
  /** ISO 8601, UTC. */
  readonly timestamp: string;
  readonly data: { readonly title: string; readonly ticketId?: string } & Readonly<Record<string, unknown>>;
}

/** What a channel is given. `id` is the same at each attempt, so that who gets it twice can tell. */
export interface ChannelMessage {
  readonly id: string;
  readonly body: MessageBody;
}

/** What a channel answers. `status` is that of an HTTP answer, where there was one. */
export type ChannelAnswer =
  | { readonly outcome: 'delivered'; readonly status?: number }
  /** Not now. `afterMs`: the receiver asked to be left alone for so long. */
  | { readonly outcome: 'retry'; readonly error: string; readonly status?: number; readonly afterMs?: number }
  /** Never. `unwanted`: the receiver wants no more messages at all. */
  | { readonly outcome: 'give-up'; readonly error: string; readonly status?: number; readonly unwanted?: boolean };

/**
 * The notifications port: a way by which messages reach somebody. `deliver` tries once and throws only where we are at
 * fault; trying again, giving up and remembering are its caller's.
 */
export interface Channel<Target> {
  readonly name: string;
  deliver(target: Target, message: ChannelMessage): Promise<ChannelAnswer>;
}

/** Whose secret it is, for the box that keeps a webhook's secret. */
export function webhookSecretContext(webhookId: string): string {
  return `webhook:${webhookId}`;
}
