import type { AnnouncementKind } from '../names.ts';
import type { Subject } from './announcement.ts';

/** Kind of the message that a webhook's test sends. */
export const testKind = 'webhook.test';
export type MessageKind = AnnouncementKind | typeof testKind;

/** What a channel is given. `id` is the same at each attempt, so that a receiver who gets it twice can tell. */
export interface ChannelMessage {
  readonly id: string;
  readonly kind: MessageKind;
  readonly subject: Subject;
  readonly title: string;
  /** Names and ids, never contents. */
  readonly details: Readonly<Record<string, unknown>>;
  /** When it was announced: ISO 8601, UTC. */
  readonly at: string;
}

/** What a channel answers. `status` is that of an HTTP answer, where there was one. */
export type ChannelAnswer =
  /** `messageId`: what the provider calls the message, where it gives a name by which the message can be changed later. */
  | { readonly outcome: 'delivered'; readonly status?: number; readonly messageId?: string }
  /** Not now. `afterMs`: the receiver asked to be left alone for so long. */
  | { readonly outcome: 'retry'; readonly error: string; readonly status?: number; readonly afterMs?: number }
  /** Never. `unwanted`: the receiver wants no more messages at all. */
  | { readonly outcome: 'give-up'; readonly error: string; readonly status?: number; readonly unwanted?: boolean };
