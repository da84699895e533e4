import { setTimeout as sleep } from 'node:timers/promises';
import { NativeConnection, Worker, type WorkerOptions } from '@temporalio/worker';
import type { Logger } from '#platform/logging.ts';
import type { Service } from '#platform/process.ts';

/** A Temporal worker whose server may be away at any time. */
export interface PollingWorker extends Service {
  /** Whether it is taking work from Temporal now. */
  ready(): boolean;
}

const reconnectMs = { least: 500, most: 10_000 } as const;

/** `start` does not wait for Temporal; the worker comes, and comes back, by itself. `stop` lets activities finish. */
export function createPollingWorker(
  options: {
    name: string;
    address: string;
    /** Asked once, by `start`. */
    worker: () => Promise<Omit<WorkerOptions, 'connection'>>;
    /** Done with each new connection, before the worker is made. */
    prepare?: (connection: NativeConnection) => Promise<void>;
  },
  deps: { logger: Logger },
): PollingWorker {
  const stopping = new AbortController();
  let worker: Worker | undefined;
  let loop: Promise<void> = Promise.resolve();

  async function runOnce(workerOptions: Omit<WorkerOptions, 'connection'>): Promise<void> {
    const connection = await NativeConnection.connect({ address: options.address });
    try {
      await options.prepare?.(connection);
      worker = await Worker.create({ ...workerOptions, connection });
      const running = worker.run();
      if (stopping.signal.aborted) worker.shutdown();
      await running;
    } finally {
      worker = undefined;
      await connection.close();
    }
  }

  async function runUntilStopped(workerOptions: Omit<WorkerOptions, 'connection'>): Promise<void> {
    for (
      let waitMs: number = reconnectMs.least;
      !stopping.signal.aborted;
      waitMs = Math.min(reconnectMs.most, waitMs * 2)
    ) {
      try {
        await runOnce(workerOptions);
        waitMs = reconnectMs.least;
      } catch (error) {
        deps.logger.warn({ err: error }, `the Temporal worker ${options.name} ended, starting it again`);
      }
      await sleep(waitMs, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  }

  return {
    name: options.name,
    ready: () => worker?.getState() === 'RUNNING',
    async start() {
      loop = runUntilStopped(await options.worker());
    },
    async stop() {
      stopping.abort();
      if (worker?.getState() === 'RUNNING') worker.shutdown();
      await loop;
    },
  };
}
