import { Client, Connection, WithStartWorkflowOperation } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import type { Database } from '#db/database.ts';
import type { HostRunEnd } from '#domain/tasks/host-run.ts';
import { type DeliverActivities, gatewayTaskQueue, taskWorkflowId } from '#domain/tasks/ports.ts';
import type { TaskAction } from '#domain/tasks/task.ts';
import { silentLogger } from '#platform/logging.ts';
import { createControlWorker } from '#workers/control.worker.ts';
import type { PollingWorker } from '#workers/polling-worker.ts';
import type { SweepOptions } from '#workers/sweep-lanes.ts';
import { nudgeSignal } from '#workflows/kernel/durable.messages.ts';
import { taskStartOptions, taskUpdates, taskWorkflowType } from '#workflows/tasks/task.messages.ts';
import { eventually } from './eventually.ts';
import { quietTemporal } from './quiet-temporal.ts';
import { createTaskLedger, fixtureGateway, type TaskLedger } from './task-ledger.ts';

/** How hosts end: at once on delivery (`undefined`: not by itself, the test reports). */
export type HostPlay = (host: string) => HostRunEnd | undefined;

/**
 * The real task workflow over a real ledger and a real Temporal server, with hosts that are played: a worker on the
 * gateway's queue acknowledges what is outstanding and reports as `play` says, then nudges, as a gateway does.
 */
export interface TaskStage {
  readonly db: Database;
  readonly ledger: TaskLedger;
  readonly client: Client;
  play: HostPlay;
  /** Deliveries so far. */
  readonly deliveries: () => number;
  startWorker(options?: { sweeper?: SweepOptions; leaseMs?: number }): Promise<PollingWorker>;
  /** Starts the task's workflow, as the api and the sweeper do. */
  start(taskId: string, more?: { signalLimit?: number }): Promise<void>;
  nudge(taskId: string): Promise<void>;
  /** Sends an operation as the api does: written down, then Update-with-start. */
  operate(taskId: string, action: TaskAction): Promise<unknown>;
  /** Reports hosts and nudges. */
  report(taskId: string, play: HostPlay): Promise<void>;
  state(taskId: string): Promise<string>;
  reaches(taskId: string, state: string, withinMs?: number): Promise<void>;
  /** The workflow's run has closed. */
  closes(taskId: string): Promise<string>;
  /** Events in the history of the latest run. */
  historyLength(taskId: string): Promise<number>;
  remove(): Promise<void>;
}

/** On an empty, migrated database, which stays the caller's to remove. */
export async function createTaskStage(db: Database, options: { address: string; hosts: number }): Promise<TaskStage> {
  const { address } = options;
  const namespace = 'default';
  quietTemporal();
  const ledger = await createTaskLedger(db, options.hosts);
  const connection = await Connection.connect({ address });
  const client = new Client({ connection, namespace });
  const workers: PollingWorker[] = [];
  let deliveries = 0;

  const stage: TaskStage = {
    db,
    ledger,
    client,
    play: () => 'succeeded',
    deliveries: () => deliveries,
    async startWorker({ sweeper = { intervalMs: 3_600_000 }, leaseMs = 60_000 } = {}) {
      const worker = createControlWorker(
        { SIGNALBOX_TEMPORAL_ADDRESS: address, SIGNALBOX_TEMPORAL_NAMESPACE: namespace, SIGNALBOX_LEASE_MS: leaseMs },
        {
          db,
          maintenance: db,
          temporal: { client, healthy: () => Promise.resolve(true), close: () => Promise.resolve() },
          logger: silentLogger,
          sweeper,
        },
      );
      await worker.start();
      workers.push(worker);
      await eventually('the worker polls', () => worker.ready(), { withinMs: 20_000, everyMs: 50 });
      return worker;
    },
    async start(taskId, more = {}) {
      const start = taskStartOptions(taskId);
      await client.workflow.start(taskWorkflowType, { ...start, args: [{ taskId, ...more }] });
    },
    async nudge(taskId) {
      await client.workflow.getHandle(taskWorkflowId(taskId)).signal(nudgeSignal);
    },
    async operate(taskId, action) {
      const operationId = await ledger.request(taskId, action);
      return client.workflow.executeUpdateWithStart(taskUpdates[action], {
        updateId: operationId,
        args: [{ operationId }],
        startWorkflowOperation: new WithStartWorkflowOperation(taskWorkflowType, taskStartOptions(taskId)),
      });
    },
    async report(taskId, play) {
      await ledger.report(taskId, play);
      await stage.nudge(taskId).catch(() => undefined);
    },
    async state(taskId) {
      const row = await db.selectFrom('task').select('state').where('id', '=', taskId).executeTakeFirstOrThrow();
      return row.state;
    },
    async reaches(taskId, state, withinMs = 30_000) {
      await eventually(`task is ${state}`, async () => (await stage.state(taskId)) === state, {
        withinMs,
        everyMs: 50,
      });
    },
    async closes(taskId) {
      const handle = client.workflow.getHandle(taskWorkflowId(taskId));
      return eventually(
        'the workflow closes',
        async () => {
          const { status } = await handle.describe();
          return status.name !== 'RUNNING' && status.name !== 'CONTINUED_AS_NEW' && status.name;
        },
        { withinMs: 30_000, everyMs: 50 },
      );
    },
    async historyLength(taskId) {
      return (await client.workflow.getHandle(taskWorkflowId(taskId)).describe()).historyLength;
    },
    async remove() {
      await Promise.all(workers.map((worker) => worker.stop()));
      gateway.shutdown();
      await gatewayRun;
      await native.close();
      await connection.close();
    },
  };

  const deliver: DeliverActivities = {
    async deliverTask({ taskId }) {
      deliveries++;
      const commands = await ledger.acknowledge(taskId);
      if ((await ledger.report(taskId, stage.play)) > 0) await stage.nudge(taskId).catch(() => undefined);
      return { sent: commands.length };
    },
  };
  const native = await NativeConnection.connect({ address });
  const gateway = await Worker.create({
    connection: native,
    namespace,
    taskQueue: gatewayTaskQueue(fixtureGateway),
    activities: deliver,
  });
  const gatewayRun = gateway.run();
  return stage;
}
