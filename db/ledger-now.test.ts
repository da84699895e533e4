import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '#tests/support/database.ts';
import { installLedgerClock, setLedgerClock } from '#tests/support/ledger-clock.ts';
import { readLedgerNow } from './ledger-now.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.remove());

it('is the time of the statement, for whoever waited in a transaction', async () => {
  await database.db.transaction().execute(async (tx) => {
    const before = await readLedgerNow(tx);
    await sql`select pg_sleep(0.05)`.execute(tx);
    expect((await readLedgerNow(tx)).getTime() - before.getTime()).toBeGreaterThanOrEqual(50);
    const { rows } = await sql<{ same: boolean }>`
      select ledger_now() = (select ledger_now() from pg_sleep(0.01)) as same`.execute(tx);
    expect(rows).toEqual([{ same: true }]);
  });
});

it('is what a test sets, for the defaults of columns too', async () => {
  await installLedgerClock(database.db);
  await setLedgerClock(database.db, new Date('2031-01-01T00:00:00Z'));
  expect((await readLedgerNow(database.db)).getUTCFullYear()).toBe(2031);
  await database.db.insertInto('gateway').values({ id: 'g1', address: 'x:1' }).execute();
  const gateway = await database.db.selectFrom('gateway').select('heartbeat_at').executeTakeFirstOrThrow();
  expect(gateway.heartbeat_at.getUTCFullYear()).toBe(2031);
});
