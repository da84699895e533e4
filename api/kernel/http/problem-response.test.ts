import { setTimeout as sleep } from 'node:timers/promises';
import { type RawBuilder, sql } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Tx } from '#db/database.ts';
import { createTestDatabase, type TestDatabase } from '#tests/support/database.ts';
import { createLogger } from '#platform/logging.ts';
import { toProblem } from './problem-response.ts';

const logger = createLogger({ role: 'test', level: 'silent' });
let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase({ limits: { statementMs: 300, lockMs: 100, idleInTransactionMs: 100 } });
});
afterAll(() => database.remove());

const run = (statement: RawBuilder<unknown>) => async (tx: Tx) => void (await statement.execute(tx));

it.each<[string, (tx: Tx) => Promise<void>]>([
  ['a statement that took too long', run(sql`select pg_sleep(5)`)],
  ['a lock that did not come', run(sql`select pg_advisory_xact_lock(1)`)],
  [
    'a session that was ended for its silence',
    async (tx) => {
      await sleep(300);
      await run(sql`select 1`)(tx);
    },
  ],
  [
    'a session that was ended, as its next statement may hear of it',
    () => Promise.reject(Object.assign(new Error('terminating connection'), { code: '25P03' })),
  ],
])('%s is no fault of the caller, who may try again', async (_, work) => {
  await database.maintenance.transaction().execute(async (holder) => {
    await sql`select pg_advisory_xact_lock(1)`.execute(holder);
    const failed: unknown = await database.db
      .transaction()
      .execute(work)
      .catch((error: unknown) => error);
    expect(toProblem(failed, logger)).toMatchObject({ type: 'unavailable' });
  });
});
