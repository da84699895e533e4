import type { Database, DatabaseHandle } from '#db/database.ts';
import { forgottenTaskWindows } from '#db/tasks/task-windows.ts';
import type { DeliverActivities } from '#domain/tasks/ports.ts';
import { handOutChannel, settleTask } from '#ledger/tasks/settle-task.ts';
import type { Logger } from '#platform/logging.ts';
import type { SecretBox } from '#platform/secret-box.ts';
import { type CommandDelivery, createCommandDelivery } from './command-delivery.ts';
import { createDeliverActivities } from './deliver.activities.ts';
import type { GatewayMetrics } from './gateway-metrics.ts';
import { createLedgerListener } from './ledger-listener.ts';
import { createLoop } from './loop.ts';
import { createNudger } from './nudger.ts';
import { createMakeRunnable } from './runnable-task.ts';
import { createResultWriter, type Offence, type ResultWriter } from './result-writer.ts';
import type { SessionRegistry } from './session-registry.ts';
import { createSettler } from './settler.ts';

/** The half of a gateway that works for the sessions in the ledger: results in, commands out, the next hosts handed out. */
export interface LedgerSide {
  readonly writer: ResultWriter;
  readonly delivery: CommandDelivery;
  /** Hosts of this task have ended. */
  readonly settle: (taskId: string) => void;
  /** This task's workflow has something to decide. */
  readonly nudge: (taskId: string) => void;
  /** For the Temporal worker on this gateway's own queue. */
  readonly activities: DeliverActivities;
  start(): void;
  /** Takes nothing out of the ledger any more; what the writer holds is still written. */
  stopTaking(): Promise<void>;
  stop(): Promise<void>;
}

/** The slow full pull, for what got lost on its way. */
const pullEveryMs = 10_000;
const sweepEveryMs = 2_000;
const sweepTasks = 200;

export function createLedgerSide(deps: {
  database: Pick<DatabaseHandle, 'db' | 'pool'>;
  /** For hand-out alone ({@link handOutSessions}): a gateway that stands still must not keep a task's lock. */
  handOuts: Database;
  gatewayId: string;
  registry: SessionRegistry;
  metrics: GatewayMetrics;
  logger: Logger;
  /** Opens the secrets of tasks. */
  secrets: Pick<SecretBox, 'open'>;
  nudge: (taskId: string) => Promise<void>;
  onOffence: (offence: Offence) => void;
  /** What else is heard in the ledger, by channel. */
  channels: Readonly<Record<string, (payload: string | undefined) => void>>;
  /** Something of these channels may have been missed. */
  onListening: () => void;
}): LedgerSide {
  const { database, gatewayId, registry, metrics, logger } = deps;
  const { db } = database;
  const nudger = createNudger({
    send: deps.nudge,
    onError: (error, taskId) => logger.debug({ err: error, taskId }, 'nudge failed'),
  });
  const nudge = (taskId: string) => nudger.nudge(taskId);
  const delivery = createCommandDelivery({
    db,
    gatewayId,
    registry,
    metrics,
    makeRunnable: createMakeRunnable({ db, secrets: deps.secrets, logger }),
  });
  const settler = createSettler({
    settle: (taskId) => settleTask(deps.handOuts, { taskId, gatewayId }),
    deliver: (commands) => delivery.send(commands),
    wake: nudge,
    onError: (error, taskId) => logger.debug({ err: error, taskId }, 'task not settled yet'),
  });
  const settle = (taskId: string) => settler.settle(taskId);
  const listener = createLedgerListener({
    pool: database.pool,
    channels: { ...deps.channels, [handOutChannel]: handedOutElsewhere },
    onListening: deps.onListening,
  });
  const sweeps = createLoop({
    everyMs: sweepEveryMs,
    async run() {
      for (const taskId of await forgottenTaskWindows(db, sweepTasks)) settle(taskId);
    },
    onError: (error) => logger.warn({ err: error }, 'sweep of task windows failed'),
  });
  const pulls = createLoop({
    everyMs: pullEveryMs,
    run: async () => void (await delivery.pullAll()),
    onError: (error) => logger.warn({ err: error }, 'full pull failed'),
  });

  /** Another gateway has handed out hosts whose agents may be connected here. */
  function handedOutElsewhere(payload = ''): void {
    const [to, taskId = ''] = payload.split(' ');
    if (to !== gatewayId) return;
    delivery.deliverTask(taskId).catch((error: unknown) => logger.debug({ err: error, taskId }, 'delivered later'));
  }

  return {
    writer: createResultWriter({ db, gatewayId, metrics, logger, settle, onOffence: deps.onOffence }),
    delivery,
    settle,
    nudge,
    activities: createDeliverActivities({ delivery, settler }),
    start() {
      listener.start();
      sweeps.start();
      pulls.start();
    },
    async stopTaking() {
      await pulls.stop();
      await sweeps.stop();
      listener.stop();
    },
    async stop() {
      await settler.stop();
      nudger.stop();
    },
  };
}
