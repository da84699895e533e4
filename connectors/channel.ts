import type { ChannelAnswer, ChannelMessage } from '#domain/notifications/channel.ts';

/**
 * The port of what sends messages to an outside system. `deliver` tries once, until `signal` ends the attempt. It throws
 * where that happened, or where we are at fault; trying again, giving up and remembering are its caller's.
 */
export interface Channel<Target> {
  deliver(target: Target, message: ChannelMessage, signal: AbortSignal): Promise<ChannelAnswer>;
}
