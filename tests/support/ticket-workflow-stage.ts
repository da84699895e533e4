import { Client, Connection, WithStartWorkflowOperation } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import { createTaskActivities } from '#activities/tasks/task.activities.ts';
import { createTicketActivities } from '#activities/tickets/ticket.activities.ts';
import { kindsOn } from '#ledger/rooms.ts';
import type { Database } from '#db/database.ts';
import { controlTaskQueue } from '#domain/durables.ts';
import { gatewayTaskQueue, taskWorkflowId } from '#domain/tasks/ports.ts';
import { type TicketOperationResult, ticketWorkflowId } from '#domain/tickets/ports.ts';
import type { TicketAction } from '#domain/tickets/ticket.ts';
import { workflowBundle } from '#workers/workflow-bundle.ts';
import { nudgeSignal } from '#workflows/kernel/durable.messages.ts';
import { ticketStartOptions, ticketUpdates, ticketWorkflowType } from '#workflows/tickets/ticket.messages.ts';
import { eventually } from './eventually.ts';
import { quietTemporal } from './quiet-temporal.ts';
import type { HostPlay } from './task-stage.ts';
import { createTicketLedger, type OperationAsk, type TicketLedger } from './ticket-workflow-ledger.ts';
import { fixtureGateway } from './task-ledger.ts';
import { installLedgerClock, moveLedgerClock } from './ledger-clock.ts';

type Activity = (input: unknown) => Promise<unknown>;

/** Workers of the control queue, all of it or a half. `stop` ends it in good order. */
export interface StageWorker {
  stop(): Promise<void>;
}

/**
 * The real ticket and task workflows over a real ledger and a real Temporal server, with hosts that are played. Tests may
 * stand around every activity, and take workers away.
 */
export interface TicketStage {
  readonly db: Database;
  readonly ledger: TicketLedger;
  readonly client: Client;
  /** How hosts end once they are told to run. */
  play: HostPlay;
  /** Stands around every activity of the control queue; the default lets them through. */
  around: (name: string, run: () => Promise<unknown>) => Promise<unknown>;
  startWorker(parts?: { workflows?: boolean; activities?: boolean }): Promise<StageWorker>;
  start(ticketId: string, more?: { signalLimit?: number }): Promise<void>;
  nudge(ticketId: string): Promise<void>;
  /** Sends an operation that is written down already, as api and sweeper do. */
  send(ticketId: string, action: TicketAction, operationId: string, updateId?: string): Promise<TicketOperationResult>;
  /** Writes an operation down, as the api does, and sends it. */
  operate(ticketId: string, action: TicketAction, actorId: string, ask?: OperationAsk): Promise<TicketOperationResult>;
  /** Reports hosts of the task and nudges its workflow, as a gateway does. */
  report(taskId: string, play: HostPlay): Promise<void>;
  reaches(ticketId: string, state: string, withinMs?: number): Promise<void>;
  /** The ticket's workflow has closed; answers how. */
  closes(ticketId: string): Promise<string>;
  /** Event types of the latest run of a workflow. */
  events(workflowId: string): Promise<string[]>;
  remove(): Promise<void>;
}

/** On an empty, migrated database, which stays the caller's to remove. `clock`: where virtual time is, which the ledger's follows. */
export async function createTicketStage(
  db: Database,
  options: { address: string; places: number; clock?: () => Promise<Date> },
): Promise<TicketStage> {
  const { address } = options;
  const namespace = 'default';
  const { clock } = options;
  const keepTime = async () => {
    if (clock !== undefined) await moveLedgerClock(db, await clock());
  };
  quietTemporal();
  if (clock !== undefined) await installLedgerClock(db);
  const ledger = await createTicketLedger(db, { places: options.places, keepTime });
  const connection = await Connection.connect({ address });
  const client = new Client({ connection, namespace });
  const native = await NativeConnection.connect({ address });
  const workers = new Set<StageWorker>();

  const through = (activities: object): Record<string, Activity> =>
    Object.fromEntries(
      Object.entries(activities).map(([name, activity]) => [
        name,
        async (input: unknown) => {
          await keepTime();
          return stage.around(name, () => (activity as Activity)(input));
        },
      ]),
    );
  const controlActivities = {
    ...createTaskActivities({ db, leaseMs: 60_000 }),
    ...createTicketActivities({ db, kindsOn }),
  };

  async function run(worker: Worker): Promise<StageWorker> {
    const running = worker.run();
    await eventually('the worker polls', () => worker.getState() === 'RUNNING', { withinMs: 20_000, everyMs: 10 });
    let stopping: Promise<void> | undefined;
    const one: StageWorker = {
      stop: () =>
        (stopping ??= (async () => {
          workers.delete(one);
          worker.shutdown();
          await running;
        })()),
    };
    workers.add(one);
    return one;
  }

  const stage: TicketStage = {
    db,
    ledger,
    client,
    play: () => 'succeeded',
    around: (_name, activity) => activity(),
    async startWorker({ workflows = true, activities = true } = {}) {
      return run(
        await Worker.create({
          connection: native,
          namespace,
          taskQueue: controlTaskQueue,
          ...(workflows ? { workflowBundle: await workflowBundle() } : {}),
          ...(activities ? { activities: through(controlActivities) } : {}),
          stickyQueueScheduleToStartTimeout: '1 second',
        }),
      );
    },
    async start(ticketId, more = {}) {
      await client.workflow.start(ticketWorkflowType, {
        ...ticketStartOptions(ticketId),
        args: [{ ticketId, ...more }],
      });
    },
    async nudge(ticketId) {
      await client.workflow.getHandle(ticketWorkflowId(ticketId)).signal(nudgeSignal);
    },
    send(ticketId, action, operationId, updateId = operationId) {
      const startWorkflowOperation = new WithStartWorkflowOperation(ticketWorkflowType, ticketStartOptions(ticketId));
      startWorkflowOperation.workflowHandle().catch(() => undefined);
      return client.workflow.executeUpdateWithStart(ticketUpdates[action], {
        updateId,
        args: [{ operationId }],
        startWorkflowOperation,
      });
    },
    async operate(ticketId, action, actorId, ask) {
      return stage.send(ticketId, action, await ledger.request(ticketId, action, actorId, ask));
    },
    async report(taskId, play) {
      await ledger.tasks.report(taskId, play);
      await client.workflow
        .getHandle(taskWorkflowId(taskId))
        .signal(nudgeSignal)
        .catch(() => undefined);
    },
    async reaches(ticketId, state, withinMs = 30_000) {
      await eventually(
        `ticket is ${state}`,
        async () => {
          const ticket = await ledger.ticket(ticketId);
          if (ticket.state === state) return true;
          throw new Error(`${ticket.state} ${ticket.reason?.code ?? ''}`);
        },
        { withinMs, everyMs: 50 },
      );
    },
    async closes(ticketId) {
      const handle = client.workflow.getHandle(ticketWorkflowId(ticketId));
      return eventually(
        'the workflow closes',
        async () => {
          const { status } = await handle.describe();
          return status.name !== 'RUNNING' && status.name !== 'CONTINUED_AS_NEW' && status.name;
        },
        { withinMs: 30_000, everyMs: 50 },
      );
    },
    async events(workflowId) {
      const { events } = await client.workflow.getHandle(workflowId).fetchHistory();
      // The attributes are named after the type: `startChildWorkflowExecutionInitiatedEventAttributes`.
      return (events ?? []).map((event) => event.attributes ?? '');
    },
    async remove() {
      await Promise.all([...workers].map((worker) => worker.stop()));
      await native.close();
      await connection.close();
    },
  };

  await run(
    await Worker.create({
      connection: native,
      namespace,
      taskQueue: gatewayTaskQueue(fixtureGateway),
      activities: {
        async deliverTask({ taskId }: { taskId: string }) {
          const commands = await ledger.tasks.acknowledge(taskId);
          await stage.report(taskId, stage.play);
          return { sent: commands.length };
        },
      },
    }),
  );
  return stage;
}
