import { setTimeout as sleep } from 'node:timers/promises';
import { NativeConnection, Worker, type WorkflowBundleOption } from '@temporalio/worker';
import { createTaskActivities } from '#activities/tasks/task.activities.ts';
import type { Database } from '#db/database.ts';
import { controlTaskQueue } from '#domain/tasks/ports.ts';
import type { Config } from '#platform/config.ts';
import type { Logger } from '#platform/logging.ts';
import { composeServices, type Service } from '#platform/process.ts';
import type { TemporalClientHandle } from '#platform/temporal.ts';
import { registerSearchAttributes } from './register-search-attributes.ts';
import { createSweeper, type SweeperOptions } from './sweeper.ts';
import { workflowBundle } from './workflow-bundle.ts';

export type ControlWorkerConfig = Pick<
  Config,
  'SIGNALBOX_TEMPORAL_ADDRESS' | 'SIGNALBOX_TEMPORAL_NAMESPACE' | 'SIGNALBOX_LEASE_MS'
>;

export interface ControlWorkerDeps {
  readonly db: Database;
  readonly temporal: TemporalClientHandle;
  readonly logger: Logger;
  readonly sweeper?: SweeperOptions;
}

export interface ControlWorker extends Service {
  /** Whether it is taking work from Temporal now. */
  ready(): boolean;
}

/**
 * The worker of all workflows and of the activities that need the ledger only, with its sweeper. Temporal may be away at
 * any time: `start` does not wait for it, and the worker comes (back) by itself.
 */
export function createControlWorker(config: ControlWorkerConfig, deps: ControlWorkerDeps): ControlWorker {
  const polling = createPollingWorker(config, deps);
  const sweeper = createSweeper({ db: deps.db, client: deps.temporal.client, logger: deps.logger }, deps.sweeper);
  const both = composeServices([polling, sweeper]);
  return { ...both, name: 'worker', ready: () => polling.ready() };
}

const reconnectMs = { least: 500, most: 10_000 } as const;

function createPollingWorker(config: ControlWorkerConfig, { db, logger }: ControlWorkerDeps): ControlWorker {
  const stopping = new AbortController();
  let worker: Worker | undefined;
  let loop: Promise<void> = Promise.resolve();

  async function runOnce(bundle: WorkflowBundleOption): Promise<void> {
    const namespace = config.SIGNALBOX_TEMPORAL_NAMESPACE;
    const connection = await NativeConnection.connect({ address: config.SIGNALBOX_TEMPORAL_ADDRESS });
    try {
      await registerSearchAttributes(connection, namespace).catch((error: unknown) =>
        logger.warn({ err: error }, 'search attributes could not be registered; register them by hand'),
      );
      worker = await Worker.create({
        connection,
        namespace,
        taskQueue: controlTaskQueue,
        workflowBundle: bundle,
        activities: createTaskActivities({ db, leaseMs: config.SIGNALBOX_LEASE_MS, logger }),
        // A worker that died is noticed after this; then another one takes its workflows over.
        stickyQueueScheduleToStartTimeout: '5 seconds',
        shutdownGraceTime: '10 seconds',
      });
      const running = worker.run();
      if (stopping.signal.aborted) worker.shutdown();
      await running;
    } finally {
      worker = undefined;
      await connection.close();
    }
  }

  async function runUntilStopped(bundle: WorkflowBundleOption): Promise<void> {
    for (let failures = 0; !stopping.signal.aborted; failures++) {
      try {
        await runOnce(bundle);
        failures = -1;
      } catch (error) {
        logger.warn({ err: error }, 'the Temporal worker ended, starting it again');
      }
      const waitMs = Math.min(reconnectMs.most, reconnectMs.least * 2 ** Math.max(0, failures));
      await sleep(waitMs, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  }

  return {
    name: 'temporal-worker',
    ready: () => worker?.getState() === 'RUNNING',
    async start() {
      loop = runUntilStopped(await workflowBundle());
    },
    async stop() {
      stopping.abort();
      if (worker?.getState() === 'RUNNING') worker.shutdown();
      await loop;
    },
  };
}
