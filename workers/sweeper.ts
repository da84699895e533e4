import { pruneEvents } from '#ledger/kernel/live-events.ts';
import { pruneIdempotencyKeys } from '#ledger/kernel/prune-idempotency.ts';
import type { Service } from '#platform/process.ts';
import type { SweeperDeps, SweepLimits } from './sweep-limits.ts';
import { sendTaskOperations, startTasks } from './sweep-tasks.ts';
import { sendTicketOperations, startTickets } from './sweep-tickets.ts';

export interface SweeperOptions {
  readonly intervalMs?: number;
  /** An open task or ticket at which nobody looked for so long gets its workflow started (again). Longer than any recheck of work under way. */
  readonly stalledMs?: number;
  /** An operation that is not handled after this is sent (again). */
  readonly operationMs?: number;
}

const pruneEveryMs = 60_000;

/**
 * Sends on what the ledger holds and Temporal has not heard of: tasks and tickets to start, operations to carry out. Any
 * number may run side by side; whatever fails is tried again by a later sweep. `sweep()` does one round, for tests.
 */
export function createSweeper(deps: SweeperDeps, options: SweeperOptions = {}): Service & { sweep(): Promise<void> } {
  const { intervalMs = 2_000, stalledMs = 90_000, operationMs = 2_000 } = options;
  const limits: SweepLimits = { newMs: intervalMs, stalledMs, operationMs, batch: 100 };
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  let running: Promise<void> = Promise.resolve();
  let prunedAt = 0;

  async function prune(): Promise<void> {
    if (Date.now() - prunedAt < pruneEveryMs) return;
    prunedAt = Date.now();
    await pruneEvents(deps.db);
    await pruneIdempotencyKeys(deps.db);
  }

  async function sweep(): Promise<void> {
    for (const part of [startTickets, sendTicketOperations, startTasks, sendTaskOperations, prune]) {
      try {
        await part(deps, limits);
      } catch (error) {
        deps.logger.warn({ err: error, part: part.name }, 'sweep failed, trying again');
      }
    }
  }

  function schedule(delayMs: number): void {
    if (stopped) return;
    timer = setTimeout(() => {
      running = sweep().then(() => schedule(intervalMs));
    }, delayMs);
  }

  return {
    name: 'sweeper',
    sweep,
    start() {
      schedule(0);
      return Promise.resolve();
    },
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await running;
    },
  };
}
