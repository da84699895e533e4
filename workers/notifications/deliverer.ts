import type { Database } from '#db/database.ts';
import {
  claimDeliveries,
  type ClaimedDelivery,
  disableUnwanted,
  markDelivered,
  markFailed,
  pruneNotifications,
  putBack,
} from '#ledger/notifications/delivery-queue.ts';
import { type ChannelAnswer, webhookSecretContext } from '#domain/notifications/channel.ts';
import { retryDelayMs } from '#domain/notifications/retry-delay.ts';
import type { Logger } from '#platform/logging.ts';
import type { Service } from '#platform/process.ts';
import type { SecretBox } from '#platform/secret-box.ts';
import { webhookChannel, type WebhookChannelOptions } from '#connectors/webhook/webhook-channel.ts';

export interface WebhookDelivererDeps {
  readonly db: Database;
  readonly logger: Logger;
  /** Opens the secrets of webhooks. */
  readonly secrets: Pick<SecretBox, 'open'>;
  /** SIGNALBOX_WEBHOOK_ALLOW_PRIVATE. */
  readonly allowPrivateNetworks?: boolean;
}

export interface WebhookDelivererOptions {
  readonly intervalMs?: number;
  readonly timeoutMs?: number;
  /** What a deliverer took and did not finish in this time (it was killed) is taken by another. Longer than a time-out. */
  readonly leaseMs?: number;
  /** Messages on their way at a time, in all and per webhook. */
  readonly concurrency?: number;
  readonly perWebhook?: number;
  readonly lookup?: WebhookChannelOptions['lookup'];
}

const pruneEveryMs = 3_600_000;

/**
 * Sends what waits for webhooks, at least once each: whatever fails is tried again later, more and more seldom, and given
 * up in the end. Any number may run side by side; a slow receiver holds up nobody else's messages. `deliver()` sends what
 * is due now and returns once that has ended, for tests.
 */
export function createWebhookDeliverer(
  deps: WebhookDelivererDeps,
  options: WebhookDelivererOptions = {},
): Service & { deliver(): Promise<void> } {
  const { db, logger, secrets } = deps;
  const { intervalMs = 1_000, timeoutMs = 10_000, concurrency = 32, perWebhook = 4 } = options;
  const leaseMs = options.leaseMs ?? timeoutMs + 50_000;
  const stopping = new AbortController();
  const channel = webhookChannel({
    ...{ timeoutMs, signal: stopping.signal, lookup: options.lookup },
    allowPrivate: deps.allowPrivateNetworks ?? false,
  });
  const underWay = new Map<string, { webhookId: string; done: Promise<void> }>();
  let timer: NodeJS.Timeout | undefined;
  let ticking: Promise<void> = Promise.resolve();
  let prunedAt = 0;

  async function attempt(delivery: ClaimedDelivery): Promise<ChannelAnswer> {
    const { id, webhookId, url, body } = delivery;
    try {
      const secret = await secrets.open(delivery.secret, webhookSecretContext(webhookId));
      return await channel.deliver({ url, secret }, { id, body });
    } catch (error) {
      logger.error({ err: error, webhookId }, 'a webhook cannot be sent to, by our own fault');
      return { outcome: 'retry', error: `Not sent: ${(error as Error).message}` };
    }
  }

  async function send(delivery: ClaimedDelivery): Promise<void> {
    const { id, webhookId } = delivery;
    const answer = await attempt(delivery);
    const { status } = answer;
    if (answer.outcome === 'delivered') return markDelivered(db, id, status);
    if (answer.outcome === 'retry' && stopping.signal.aborted) return putBack(db, delivery);
    const retryMs =
      answer.outcome === 'retry' ? retryDelayMs(delivery.attempt, { askedMs: answer.afterMs }) : undefined;
    await markFailed(db, delivery, { retryMs, status, error: answer.error });
    if (answer.outcome === 'give-up' && answer.unwanted === true) await disableUnwanted(db, webhookId);
    const facts = { deliveryId: id, webhookId, attempt: delivery.attempt, status, error: answer.error };
    if (retryMs === undefined) logger.warn(facts, 'a webhook message was given up');
    else logger.info({ ...facts, retryMs }, 'a webhook message will be sent again');
  }

  /** Takes what is due and free hands can send. Returns what it has begun. */
  async function begin(): Promise<Promise<void>[]> {
    const busy = new Map<string, number>();
    for (const { webhookId } of underWay.values()) busy.set(webhookId, (busy.get(webhookId) ?? 0) + 1);
    const limit = concurrency - underWay.size;
    if (limit <= 0 || stopping.signal.aborted) return [];
    const claimed = await claimDeliveries(db, { limit, perWebhook, leaseMs, busy });
    return claimed.map((delivery) => {
      const done = send(delivery)
        .catch((error: unknown) => logger.warn({ err: error, deliveryId: delivery.id }, 'an answer was not noted'))
        .finally(() => underWay.delete(delivery.id));
      underWay.set(delivery.id, { webhookId: delivery.webhookId, done });
      return done;
    });
  }

  async function prune(): Promise<void> {
    if (Date.now() - prunedAt < pruneEveryMs) return;
    prunedAt = Date.now();
    await pruneNotifications(db);
  }

  async function tick(): Promise<void> {
    try {
      // More may be due than could be taken at once: whoever is done takes the next.
      for (const done of await begin()) void done.then(() => schedule(0));
      await prune();
    } catch (error) {
      logger.warn({ err: error }, 'webhook messages could not be taken, trying again');
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
    name: 'webhook-deliverer',
    async deliver() {
      for (let begun = await begin(); begun.length > 0; begun = await begin()) await Promise.all(begun);
      await prune();
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
