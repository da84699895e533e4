import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import proto from '@temporalio/proto';
import pg from 'pg';
import { openDatabase } from '#db/database.ts';
import { migrate } from '#db/migrate.ts';
import { taskWorkflowId } from '#domain/tasks/ports.ts';
import { eventually } from '#tests/support/eventually.ts';
import { startTestPostgres } from '#tests/support/postgres.ts';
import { createTaskStage, type TaskStage } from '#tests/support/task-stage.ts';
import { startTestTemporal } from '#tests/support/temporal.ts';

/**
 * Records histories of the task workflow on real servers into workflows/tasks/histories/, which a test replays against
 * the workflow as it is. Run it (`node scripts/record-histories.ts`) to add to them; never record over one because
 * a replay fails: running workflows out there have that history.
 */
const directory = join(import.meta.dirname, '..', 'workflows', 'tasks', 'histories');

const scenarios: Record<string, (stage: TaskStage) => Promise<string>> = {
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
      { withinMs: 20_000 },
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

/** Readable, and read back by `History.fromObject`: names for enums, base64 for bytes. */
function toPlain(history: proto.temporal.api.history.v1.IHistory): unknown {
  const { History } = proto.temporal.api.history.v1;
  return History.toObject(History.fromObject(history), { enums: String, bytes: String, longs: String });
}

async function record(): Promise<void> {
  const postgres = await startTestPostgres();
  const temporal = await startTestTemporal();
  try {
    for (const [name, play] of Object.entries(scenarios)) {
      const databaseName = name.replaceAll('-', '_');
      const admin = new pg.Client({ connectionString: postgres.url('postgres') });
      await admin.connect();
      await admin.query(`create database ${databaseName}`).finally(() => admin.end());
      const database = openDatabase(postgres.url(databaseName));
      await migrate(database.db);
      const stage = await createTaskStage(database.db, { address: temporal.address, hosts: 4 });
      await stage.startWorker();
      const taskId = await play(stage);
      await stage.closes(taskId);
      const history = await stage.client.workflow.getHandle(taskWorkflowId(taskId)).fetchHistory();
      await stage.remove();
      await database.close();
      mkdirSync(directory, { recursive: true });
      writeFileSync(join(directory, `${name}.json`), `${JSON.stringify(toPlain(history), null, 1)}\n`);
      console.info(`${name}: ${history.events?.length ?? 0} events`);
    }
  } finally {
    await temporal.remove();
    await postgres.remove();
  }
}

await record();
