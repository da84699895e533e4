import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDatabase } from '#db/database.ts';
import { migrate } from '#db/migrate.ts';
import { eventually } from '#tests/support/eventually.ts';
import { createGatewayStage, type GatewayStage } from '#tests/support/gateway-stage.ts';
import { startTestPostgres, type TestPostgres } from '#tests/support/postgres.ts';

let postgres: TestPostgres;
let stage: GatewayStage;

beforeAll(async () => {
  postgres = await startTestPostgres({ fsync: true });
  const url = postgres.url('postgres');
  const handle = openDatabase(url, { max: 10 });
  await migrate(handle.db);
  const remove = async () => {
    await handle.close();
    await postgres.remove();
  };
  stage = await createGatewayStage({ database: { ...handle, url, remove } });
});
afterAll(() => stage.remove());

describe('while the ledger is away', () => {
  it('keeps sessions and results, and stores each result once when it is back', async () => {
    const { address } = await stage.startGateway();
    const agents = await stage.agents(20, 'away-', { servers: [address], play: { runMs: 800 } });
    const taskId = await stage.submit(agents);
    await stage.step(taskId);
    await stage.reaches(taskId, 'running');
    await postgres.crash();
    await eventually(
      'all runs have ended on their hosts',
      () => agents.every((agent) => agent.spool.unconfirmedResults().length === 1),
      {
        withinMs: 5_000,
        everyMs: 20,
      },
    );
    const since = performance.now();
    await postgres.start();
    await stage.reaches(taskId, 'succeeded', 20, 30_000);
    console.info(`results stored ${((performance.now() - since) / 1000).toFixed(1)} s after the ledger came back`);
    await eventually('the task ended', async () => (await stage.taskState(taskId)) === 'succeeded', {
      withinMs: 10_000,
    });
    await eventually('all are confirmed', () => agents.every((agent) => agent.spool.openRuns().length === 0), {
      withinMs: 5_000,
    });
    expect(agents.map((agent) => [agent.spool.journal.length, agent.sessions()])).toEqual(agents.map(() => [1, 1]));
    // The next run goes through as if nothing had been.
    const next = await stage.submit(agents);
    await stage.step(next);
    await stage.reaches(next, 'succeeded', 20);
  });
});
