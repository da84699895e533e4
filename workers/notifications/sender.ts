import type { Channel } from '#connectors/channel.ts';

/** The sending part of a channel. Its target is a recipient as delivery rows name it. */
export interface Sender extends Channel<string> {
  /** This recipient wants no more messages at all, said an answer: nothing more may be queued for it, or wait. */
  unwanted(recipient: string): Promise<void>;
}
