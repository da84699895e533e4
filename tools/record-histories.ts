import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Client } from '@temporalio/client';
import proto from '@temporalio/proto';
import pg from 'pg';
import { type Database, openDatabase } from '#db/database.ts';
import { migrate } from '#db/migrate.ts';
import type { ChangeKindName } from '#domain/names.ts';
import { controlTaskQueue } from '#domain/durables.ts';
import { firingWorkflowId } from '#domain/schedules/ports.ts';
import { taskWorkflowId } from '#domain/tasks/ports.ts';
import { taskPayloadSchema } from '#domain/tasks/task.ts';
import { ticketWorkflowId } from '#domain/tickets/ports.ts';
import type { TaskRunProposal } from '#domain/tasks/task-run.kind.ts';
import type { ResubmitDetails } from '#ledger/tickets/request-again.ts';
import { eventually } from '#tests/support/eventually.ts';
import { startTestPostgres } from '#tests/support/postgres.ts';
import { createTaskStage, type TaskStage } from '#tests/support/task-stage.ts';
import { startTestTemporal } from '#tests/support/temporal.ts';
import { createTicketStage, type TicketStage } from '#tests/support/ticket-workflow-stage.ts';
import { progressQuery } from '#workflows/tickets/ticket.messages.ts';

/** What a scenario is played on. */
interface RecordedStage {
  readonly client: Client;
  startWorker(): Promise<unknown>;
  closes(id: string): Promise<string>;
  remove(): Promise<void>;
}

const inTime = { withinMs: 20_000 };

/** Plays a life to its end and answers whose it was. */
type Scenario<Stage> = (stage: Stage) => Promise<string>;

const taskScenarios: Record<string, Scenario<TaskStage>> = {
  async 'three-hosts-two-at-a-time'(stage) {
    stage.play = () => 'succeeded';
    const taskId = await stage.ledger.submit({ hosts: stage.ledger.hosts.slice(0, 3), strategy: { concurrency: 2 } });
    await stage.start(taskId);
    await stage.reaches(taskId, 'succeeded');
    return taskId;
  },

  async 'paused-continued-killed'(stage) {
    stage.play = () => undefined;
    const taskId = await stage.ledger.submit({ strategy: { concurrency: 2 } });
    await stage.start(taskId);
    await stage.reaches(taskId, 'running');
    await stage.operate(taskId, 'pause');
    await stage.operate(taskId, 'pause');
    await stage.report(taskId, () => 'succeeded');
    await stage.operate(taskId, 'continue');
    await stage.operate(taskId, 'kill');
    await stage.report(taskId, () => 'killed');
    await stage.reaches(taskId, 'killed');
    return taskId;
  },

  async 'failed-hosts-run-again'(stage) {
    stage.play = (host) => (host.endsWith('2') ? 'failed' : 'succeeded');
    const taskId = await stage.ledger.submit();
    await stage.start(taskId);
    await stage.reaches(taskId, 'failed');
    await stage.closes(taskId);
    stage.play = () => 'succeeded';
    await stage.operate(taskId, 'retry-failed');
    await stage.reaches(taskId, 'succeeded');
    return taskId;
  },

  async 'continued-as-new'(stage) {
    stage.play = () => undefined;
    const taskId = await stage.ledger.submit({ strategy: { concurrency: 1 } });
    await stage.start(taskId, { signalLimit: 5 });
    await stage.reaches(taskId, 'running');
    await stage.operate(taskId, 'pause');
    const { runId } = await stage.client.workflow.getHandle(taskWorkflowId(taskId)).describe();
    for (let n = 0; n < 6; n++) await stage.nudge(taskId);
    await eventually(
      'a new run',
      async () => (await stage.client.workflow.getHandle(taskWorkflowId(taskId)).describe()).runId !== runId,
      inTime,
    );
    stage.play = () => 'succeeded';
    await stage.operate(taskId, 'continue');
    await stage.report(taskId, () => 'succeeded');
    await stage.reaches(taskId, 'succeeded');
    return taskId;
  },

  async 'cancelled-in-temporal'(stage) {
    stage.play = () => undefined;
    const taskId = await stage.ledger.submit();
    await stage.start(taskId);
    await stage.reaches(taskId, 'running');
    await stage.client.workflow.getHandle(taskWorkflowId(taskId)).cancel();
    await stage.nudge(taskId);
    await stage.report(taskId, () => 'succeeded');
    await stage.reaches(taskId, 'succeeded');
    return taskId;
  },
};

/** Opens a ticket of the only place and waits until it asks; one step per list of approvers, each a number of a person. */
async function asking(
  stage: TicketStage,
  steps: number[][] = [[0]],
  { kind = 'task.run', ...more }: { kind?: ChangeKindName; signalLimit?: number } = {},
) {
  const place = stage.ledger.places[0]!;
  const person = (n: number) => place.people[n]!;
  const asks = (lists: number[][]) =>
    stage.ledger.setPolicy(
      place,
      { steps: lists.map((list) => ({ approvers: list.map((n) => ({ type: 'user', userId: person(n) })) })) },
      kind,
    );
  await asks(steps);
  const ids = await stage.ledger.open(place, { kind });
  await stage.start(ids.ticketId, more);
  const handle = stage.client.workflow.getHandle(ticketWorkflowId(ids.ticketId));
  await eventually('it asks', async () => (await handle.query(progressQuery)).state === 'pending', inTime);
  return { ...ids, place, requester: place.requester, person, asks };
}

const ticketScenarios: Record<string, Scenario<TicketStage>> = {
  async 'approved-and-done'(stage) {
    const { ticketId, person } = await asking(stage);
    await stage.operate(ticketId, 'approve', person(0));
    await stage.reaches(ticketId, 'done');
    return ticketId;
  },

  async 'two-steps-one-decided-early'(stage) {
    const { ticketId, person } = await asking(stage, [[0], [1]]);
    await stage.operate(ticketId, 'approve', person(1));
    await stage.operate(ticketId, 'approve', person(1));
    await stage.operate(ticketId, 'approve', person(0));
    await stage.reaches(ticketId, 'done');
    return ticketId;
  },

  async rejected(stage) {
    const { ticketId, person } = await asking(stage, [[0], [1]]);
    await stage.operate(ticketId, 'comment', person(1));
    await stage.operate(ticketId, 'reject', person(1));
    return ticketId;
  },

  async withdrawn(stage) {
    const { ticketId, requester, person } = await asking(stage);
    await stage.operate(ticketId, 'transfer', person(0), { userId: person(2) });
    await stage.operate(ticketId, 'withdraw', requester);
    return ticketId;
  },

  async 'asked-again'(stage) {
    const { ticketId, person, asks } = await asking(stage);
    await asks([[1]]);
    await stage.operate(ticketId, 'approve', person(0));
    await eventually('it asks again', async () => (await stage.ledger.ticket(ticketId)).version === 2, inTime);
    await stage.operate(ticketId, 'approve', person(0));
    await stage.operate(ticketId, 'approve', person(1));
    await stage.reaches(ticketId, 'done');
    return ticketId;
  },

  async resubmitted(stage) {
    const { ticketId, place, requester, person } = await asking(stage);
    const payload: TaskRunProposal = {
      title: 'Say more',
      payload: taskPayloadSchema.parse({ script: 'echo more' }),
      strategy: { onError: 'continue' },
      target: { hosts: [place.host.host] },
    };
    const details: ResubmitDetails = { payload, runAt: null, expiresAt: null };
    await stage.operate(ticketId, 'resubmit', requester, { details: { ...details } });
    await stage.operate(ticketId, 'approve', person(0));
    await stage.reaches(ticketId, 'done');
    return ticketId;
  },

  async 'manual-step-completed'(stage) {
    const { ticketId, requester, person } = await asking(stage, [[0]], { kind: 'manual.step' });
    await stage.operate(ticketId, 'complete', requester, { details: { outcome: 'done' } });
    await stage.operate(ticketId, 'approve', person(0));
    await stage.reaches(ticketId, 'applying');
    await stage.operate(ticketId, 'complete', requester, { details: { outcome: 'done' } });
    await stage.reaches(ticketId, 'done');
    return ticketId;
  },

  async 'continued-as-new'(stage) {
    stage.play = () => undefined;
    const { ticketId, subjectId, person, requester } = await asking(stage, [[0]], { signalLimit: 5 });
    await stage.operate(ticketId, 'approve', person(0));
    await eventually('the task runs', async () => (await stage.ledger.taskState(subjectId)) === 'running', inTime);
    const handle = stage.client.workflow.getHandle(ticketWorkflowId(ticketId));
    const { runId } = await handle.describe();
    for (let n = 0; n < 6; n++) await stage.nudge(ticketId);
    await eventually('a new run', async () => (await handle.describe()).runId !== runId, inTime);
    await stage.operate(ticketId, 'comment', requester);
    await stage.report(subjectId, () => 'succeeded');
    await stage.reaches(ticketId, 'done');
    return ticketId;
  },
};

const firingTime = '2026-12-01T03:00:00Z';
const firingIdOf = (scheduleId: string) => `${firingWorkflowId(scheduleId)}-${firingTime}`;

/** Of a firing its history is the same, whatever becomes of it. */
const firingScenarios: Record<string, Scenario<RecordedStage>> = {
  async 'asked-and-answered'(stage) {
    const scheduleId = randomUUID();
    await stage.client.workflow.start('firing', {
      workflowId: firingIdOf(scheduleId),
      taskQueue: controlTaskQueue,
      args: [{ scheduleId }],
    });
    return scheduleId;
  },
};

/** Readable, and read back by `History.fromObject`: names for enums, base64 for bytes. */
function toPlain(history: proto.temporal.api.history.v1.IHistory): unknown {
  const { History } = proto.temporal.api.history.v1;
  return History.toObject(History.fromObject(history), { enums: String, bytes: String, longs: String });
}

type History = Awaited<ReturnType<ReturnType<Client['workflow']['getHandle']>['fetchHistory']>>;

/** Of every run, the latest one first: a run that was continued as new is named by the one that came after it. */
async function historiesOf(client: Client, workflowId: string): Promise<History[]> {
  const histories: History[] = [];
  let runId: string | undefined;
  do {
    const history = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    histories.push(history);
    runId = history.events?.[0]?.workflowExecutionStartedEventAttributes?.continuedExecutionRunId ?? '';
  } while (runId !== '');
  return histories;
}

interface Servers {
  readonly address: string;
  /** An empty, migrated database, handed to what needs it and closed after. */
  readonly withDatabase: (name: string, use: (db: Database) => Promise<void>) => Promise<void>;
}

async function record<Stage extends RecordedStage>(
  { address, withDatabase }: Servers,
  workflow: {
    readonly directory: string;
    readonly workflowId: (id: string) => string;
    readonly scenarios: Record<string, Scenario<Stage>>;
    readonly stage: (db: Database, address: string) => Promise<Stage>;
  },
): Promise<void> {
  const directory = join(import.meta.dirname, '..', 'workflows', workflow.directory, 'histories');
  mkdirSync(directory, { recursive: true });
  for (const [name, play] of Object.entries(workflow.scenarios)) {
    if (existsSync(join(directory, `${name}.json`))) continue;
    await withDatabase(`${workflow.directory}_${name.replaceAll('-', '_')}`, async (db) => {
      const stage = await workflow.stage(db, address);
      await stage.startWorker();
      const id = await play(stage);
      await stage.closes(id);
      const histories = await historiesOf(stage.client, workflow.workflowId(id));
      await stage.remove();
      for (const [back, history] of histories.entries()) {
        const file = back === 0 ? name : `${name}.run-${histories.length - back}`;
        writeFileSync(join(directory, `${file}.json`), `${JSON.stringify(toPlain(history), null, 1)}\n`);
        console.info(`${workflow.directory}/${file}: ${history.events?.length ?? 0} events`);
      }
    });
  }
}

/**
 * Records histories of the workflows on real servers into the directory `histories` beside each, which tests replay
 * against the workflows as they are. Run it (`node tools/record-histories.ts`) to add to them: it plays the scenarios
 * that have no history yet. Never record over one because a replay fails: running workflows out there have that history.
 */
async function recordAll(): Promise<void> {
  const postgres = await startTestPostgres();
  const temporal = await startTestTemporal();
  const servers: Servers = {
    address: temporal.address,
    async withDatabase(name, use) {
      const admin = new pg.Client({ connectionString: postgres.url('postgres') });
      await admin.connect();
      await admin.query(`create database ${name}`).finally(() => admin.end());
      const database = openDatabase(postgres.url(name));
      await migrate(database.db);
      await use(database.db).finally(() => database.close());
    },
  };
  try {
    await record(servers, {
      directory: 'tasks',
      workflowId: taskWorkflowId,
      scenarios: taskScenarios,
      stage: (db, address) => createTaskStage(db, { address, hosts: 4 }),
    });
    await record(servers, {
      directory: 'tickets',
      workflowId: ticketWorkflowId,
      scenarios: ticketScenarios,
      stage: (db, address) => createTicketStage(db, { address, places: 1 }),
    });
    await record(servers, {
      directory: 'schedules',
      workflowId: firingIdOf,
      scenarios: firingScenarios,
      stage: async (db, address) => {
        const stage = await createTaskStage(db, { address, hosts: 1 });
        return { ...stage, closes: (id) => stage.client.workflow.getHandle(firingIdOf(id)).result() };
      },
    });
  } finally {
    await temporal.remove();
    await postgres.remove();
  }
}

await recordAll();
