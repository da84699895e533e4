import type { Database } from '#db/database.ts';
import {
  claimDeliveries,
  type ClaimedDelivery,
  markDelivered,
  markFailed,
  putBack,
} from '#ledger/notifications/delivery-queue.ts';
import type { ChannelAnswer } from '#domain/notifications/channel.ts';
import { retryDelayMs } from '#domain/notifications/retry-delay.ts';
import type { Logger } from '#platform/logging.ts';
import type { Service } from '#platform/process.ts';
import type { Sender } from './sender.ts';

export interface DeliveryLaneOptions {
  readonly intervalMs: number;
  /** For one attempt as a whole. */
  readonly timeoutMs: number;
  /** What a lane took and did not finish in this time (it was killed) is taken by another. Longer than a time-out. */
  readonly leaseMs: number;
  /** Messages on their way at a time, in all and per recipient. */
  readonly concurrency: number;
  readonly perRecipient: number;
}

/**
 * Sends what waits in one channel, at least once each: whatever fails is tried again later, more and more seldom, and
 * given up in the end. A slow recipient holds up nobody else's messages. `deliver()` sends what is due now and returns
 * once that has ended, for tests.
 */
export function createDeliveryLane(
  deps: { db: Database; logger: Logger; channel: string; sender: Sender },
  options: DeliveryLaneOptions,
): Service & { deliver(): Promise<void> } {
  const { db, logger, channel, sender } = deps;
  const { intervalMs, timeoutMs, leaseMs, concurrency, perRecipient } = options;
  const stopping = new AbortController();
  const underWay = new Map<string, { recipient: string; done: Promise<void> }>();
  let timer: NodeJS.Timeout | undefined;
  let ticking: Promise<void> = Promise.resolve();

  async function attempt({ recipient, message }: ClaimedDelivery): Promise<ChannelAnswer> {
    const timeOut = AbortSignal.timeout(timeoutMs);
    try {
      return await sender.deliver(recipient, message, AbortSignal.any([stopping.signal, timeOut]));
    } catch (error) {
      if (stopping.signal.aborted) return { outcome: 'retry', error: 'the sender stopped' };
      if (timeOut.aborted) return { outcome: 'retry', error: `no answer within ${timeoutMs} ms` };
      logger.error({ err: error, channel, recipient }, 'a message cannot be sent, by our own fault');
      return { outcome: 'retry', error: `Not sent: ${(error as Error).message}` };
    }
  }

  async function send(delivery: ClaimedDelivery): Promise<void> {
    const { recipient, message } = delivery;
    const taken = { id: message.id, attempt: delivery.attempt };
    const answer = await attempt(delivery);
    if (answer.outcome === 'delivered') return markDelivered(db, message.id, answer);
    if (answer.outcome === 'retry' && stopping.signal.aborted) return putBack(db, taken);
    const { status, error } = answer;
    const retryMs =
      answer.outcome === 'retry' ? retryDelayMs(delivery.attempt, { askedMs: answer.afterMs }) : undefined;
    await markFailed(db, taken, { retryMs, status, error });
    if (answer.outcome === 'give-up' && answer.unwanted === true) await sender.unwanted(recipient);
    const facts = { deliveryId: message.id, channel, recipient, attempt: delivery.attempt, status, error };
    if (retryMs === undefined) logger.warn(facts, 'a message was given up');
    else logger.info({ ...facts, retryMs }, 'a message will be sent again');
  }

  /** Takes what is due and free hands can send. Returns what it has begun. */
  async function begin(): Promise<Promise<void>[]> {
    const busy = new Map<string, number>();
    for (const { recipient } of underWay.values()) busy.set(recipient, (busy.get(recipient) ?? 0) + 1);
    const limit = concurrency - underWay.size;
    if (limit <= 0 || stopping.signal.aborted) return [];
    const claimed = await claimDeliveries(db, channel, { limit, perRecipient, leaseMs, busy });
    return claimed.map((delivery) => {
      const { id } = delivery.message;
      const done = send(delivery)
        .catch((error: unknown) => logger.warn({ err: error, deliveryId: id }, 'an answer was not noted'))
        .finally(() => underWay.delete(id));
      underWay.set(id, { recipient: delivery.recipient, done });
      return done;
    });
  }

  async function tick(): Promise<void> {
    try {
      // More may be due than could be taken at once: whoever is done takes the next.
      for (const done of await begin()) void done.then(() => schedule(0));
    } catch (error) {
      logger.warn({ err: error, channel }, 'messages could not be taken, trying again');
    }
  }

  function schedule(delayMs: number): void {
    if (stopping.signal.aborted) return;
    clearTimeout(timer);
    timer = setTimeout(() => {
      ticking = ticking.then(tick).then(() => schedule(intervalMs));
    }, delayMs);
  }

  return {
    name: `delivery-lane ${channel}`,
    async deliver() {
      for (let begun = await begin(); begun.length > 0; begun = await begin()) await Promise.all(begun);
    },
    start() {
      schedule(0);
      return Promise.resolve();
    },
    async stop() {
      stopping.abort();
      clearTimeout(timer);
      await ticking;
      await Promise.all([...underWay.values()].map(({ done }) => done));
    },
  };
}
