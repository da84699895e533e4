import type { Databases } from '#db/database.ts';
import { pruneAnnouncements } from '#ledger/notifications/delivery-queue.ts';
import type { Logger } from '#platform/logging.ts';
import type { Service } from '#platform/process.ts';
import { createDeliveryLane, type DeliveryLaneOptions } from './delivery-lane.ts';
import type { Sender } from './sender.ts';

export interface DelivererDeps extends Databases {
  readonly logger: Logger;
  /** By the names of their channels. */
  readonly senders: Readonly<Record<string, Sender>>;
}

export type DelivererOptions = Partial<DeliveryLaneOptions>;

const pruneEveryMs = 3_600_000;

/**
 * Sends what was announced: a lane of its own for each channel, so that none holds up another. Any number may run side by
 * side. Also forgets what is old. `deliver()` sends what is due now and returns once that has ended, for tests.
 */
export function createDeliverer(
  deps: DelivererDeps,
  options: DelivererOptions = {},
): Service & { deliver(): Promise<void> } {
  const { db, maintenance, logger } = deps;
  const { intervalMs = 1_000, timeoutMs = 10_000, concurrency = 32, perRecipient = 4 } = options;
  const leaseMs = options.leaseMs ?? timeoutMs + 50_000;
  const lanes = Object.entries(deps.senders).map(([channel, sender]) =>
    createDeliveryLane({ db, logger, channel, sender }, { intervalMs, timeoutMs, leaseMs, concurrency, perRecipient }),
  );
  let timer: NodeJS.Timeout | undefined;
  let pruning: Promise<void> = Promise.resolve();

  function prune(): void {
    pruning = pruneAnnouncements(maintenance).catch((error: unknown) =>
      logger.warn({ err: error }, 'old announcements could not be removed'),
    );
  }

  return {
    name: 'deliverer',
    async deliver() {
      await Promise.all(lanes.map((lane) => lane.deliver()));
      await pruneAnnouncements(maintenance);
    },
    async start() {
      for (const lane of lanes) await lane.start();
      prune();
      timer = setInterval(prune, pruneEveryMs);
    },
    async stop() {
      clearInterval(timer);
      await Promise.all(lanes.map((lane) => lane.stop()));
      await pruning;
    },
  };
}
