import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { silentLogger } from '#platform/logging.ts';
import { openTemporalClient } from '#platform/temporal.ts';
import { createTestDatabase, type TestDatabase } from '#tests/support/database.ts';
import { eventually } from '#tests/support/eventually.ts';
import { quietTemporal } from '#tests/support/quiet-temporal.ts';
import { createTaskLedger, type TaskLedger } from '#tests/support/task-ledger.ts';
import { startTestTemporal, type TestTemporal } from '#tests/support/temporal.ts';
import { createControlWorker } from './control.worker.ts';

let temporal: TestTemporal;
let database: TestDatabase;
let ledger: TaskLedger;

beforeAll(async () => {
  quietTemporal();
  temporal = await startTestTemporal();
  database = await createTestDatabase();
  ledger = await createTaskLedger(database.db, 1);
});
afterAll(async () => {
  await database.remove();
  await temporal.remove();
});

function worker(address: string) {
  const handle = openTemporalClient({ address, namespace: 'default' });
  const control = createControlWorker(
    { SIGNALBOX_TEMPORAL_ADDRESS: address, SIGNALBOX_TEMPORAL_NAMESPACE: 'default', SIGNALBOX_LEASE_MS: 60_000 },
    {
      db: database.db,
      maintenance: database.maintenance,
      temporal: handle,
      logger: silentLogger,
      sweeper: { intervalMs: 200 },
    },
  );
  return { control, stop: () => control.stop().finally(() => handle.close()) };
}

describe('createControlWorker', () => {
  it('starts and stops while Temporal is away', async () => {
    const { control, stop } = worker('127.0.0.1:1');
    await control.start();
    expect(control.ready()).toBe(false);
    await stop();
  });

  it('takes up a submitted task by itself, also after Temporal was away, and stops twice without harm', async () => {
    const { control, stop } = worker(temporal.address);
    const handedOut = async (taskId: string) => {
      const row = await database.db.selectFrom('task').select('step').where('id', '=', taskId).executeTakeFirst();
      return (row?.step ?? 0) > 0;
    };
    await temporal.crash();
    const before = await ledger.submit();
    await control.start();
    await temporal.start();
    await eventually('a task submitted while Temporal was away is handed out', () => handedOut(before), {
      withinMs: 60_000,
    });
    await temporal.crash();
    const between = await ledger.submit();
    await temporal.start();
    await eventually('so is one of the second time', () => handedOut(between), { withinMs: 60_000 });
    expect(control.ready()).toBe(true);
    await control.stop();
    await stop();
    expect(control.ready()).toBe(false);
  });
});
