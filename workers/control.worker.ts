import { createTaskActivities } from '#activities/tasks/task.activities.ts';
import { createScheduleActivities } from '#activities/schedules/schedule.activities.ts';
import { createTicketActivities } from '#activities/tickets/ticket.activities.ts';
import type { Databases } from '#db/database.ts';
import { firing, kindsOn } from '#ledger/rooms.ts';
import { controlTaskQueue } from '#domain/durables.ts';
import type { Config } from '#platform/config.ts';
import type { Logger } from '#platform/logging.ts';
import { composeServices } from '#platform/process.ts';
import type { TemporalClientHandle } from '#platform/temporal.ts';
import { createWorkflowSender } from '#platform/workflow-starter.ts';
import { durableMessages } from '#workflows/rooms.ts';
import { createPollingWorker, type PollingWorker } from './polling-worker.ts';
import { registerSearchAttributes } from './register-search-attributes.ts';
import { startWith, sweepLanes, type SweepOptions } from './sweep-lanes.ts';
import { createSweeper } from './sweeper.ts';
import { workflowBundle } from './workflow-bundle.ts';

export type ControlWorkerConfig = Pick<
  Config,
  'SIGNALBOX_TEMPORAL_ADDRESS' | 'SIGNALBOX_TEMPORAL_NAMESPACE' | 'SIGNALBOX_LEASE_MS'
>;

export interface ControlWorkerDeps extends Databases {
  readonly temporal: TemporalClientHandle;
  readonly logger: Logger;
  readonly sweeper?: SweepOptions;
}

/**
 * The worker of all workflows and of the activities that need the ledger only, with its sweeper. Temporal may be away at
 * any time: `start` does not wait for it, and the worker comes (back) by itself.
 */
export function createControlWorker(config: ControlWorkerConfig, deps: ControlWorkerDeps): PollingWorker {
  const { db, maintenance, logger } = deps;
  const namespace = config.SIGNALBOX_TEMPORAL_NAMESPACE;
  const start = startWith(createWorkflowSender(deps.temporal.client, durableMessages), logger);
  const polling = createPollingWorker(
    {
      name: 'temporal-worker',
      address: config.SIGNALBOX_TEMPORAL_ADDRESS,
      prepare: (connection) =>
        registerSearchAttributes(connection, namespace).catch((error: unknown) =>
          logger.warn({ err: error }, 'search attributes could not be registered; register them by hand'),
        ),
      worker: async () => ({
        namespace,
        taskQueue: controlTaskQueue,
        workflowBundle: await workflowBundle(),
        activities: {
          ...createTaskActivities({ db, leaseMs: config.SIGNALBOX_LEASE_MS, logger }),
          ...createTicketActivities({ db, kindsOn, logger }),
          ...createScheduleActivities({ db, firing, start, logger }),
        },
        // A worker that died is noticed after this; then another one takes its workflows over.
        stickyQueueScheduleToStartTimeout: '5 seconds',
        // Some 300 KiB each; what is not kept is replayed from its short history when it is next looked at.
        maxCachedWorkflows: 1_000,
        shutdownGraceTime: '10 seconds',
      }),
    },
    deps,
  );
  const sweeper = createSweeper(
    sweepLanes({ db, maintenance, client: deps.temporal.client, logger }, deps.sweeper),
    logger,
  );
  const both = composeServices([polling, sweeper]);
  return { ...both, name: 'worker', ready: () => polling.ready() };
}
