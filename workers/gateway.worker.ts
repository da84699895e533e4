import { type DeliverActivities, gatewayTaskQueue } from '#domain/tasks/ports.ts';
import type { Config } from '#platform/config.ts';
import type { Logger } from '#platform/logging.ts';
import { createPollingWorker, type PollingWorker } from './polling-worker.ts';

export type GatewayWorkerConfig = Pick<
  Config,
  'SIGNALBOX_TEMPORAL_ADDRESS' | 'SIGNALBOX_TEMPORAL_NAMESPACE' | 'SIGNALBOX_GATEWAY_ID'
>;

/** Takes the activities that must run where the agents are connected, from this gateway's own queue. */
export function createGatewayWorker(
  config: GatewayWorkerConfig,
  deps: { activities: DeliverActivities; logger: Logger },
): PollingWorker {
  return createPollingWorker(
    {
      name: 'gateway-worker',
      address: config.SIGNALBOX_TEMPORAL_ADDRESS,
      worker: () =>
        Promise.resolve({
          namespace: config.SIGNALBOX_TEMPORAL_NAMESPACE,
          taskQueue: gatewayTaskQueue(config.SIGNALBOX_GATEWAY_ID),
          activities: { ...deps.activities },
          // Few: each takes a connection to the ledger, which sessions and results need more.
          maxConcurrentActivityTaskExecutions: 5,
          shutdownGraceTime: '5 seconds',
        }),
    },
    deps,
  );
}
