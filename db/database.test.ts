import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { transact } from '#ledger/kernel/transact.ts';
import { createTestDatabase, type TestDatabase } from '#tests/support/database.ts';
import { eventually } from '#tests/support/eventually.ts';

const limits = { statementMs: 400, lockMs: 100, idleInTransactionMs: 200 };
let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase({ limits });
  await sql`create table held (id integer primary key)`.execute(database.db);
  await sql`insert into held values (1)`.execute(database.db);
});
afterAll(() => database.remove());

const lockHeld = sql`select id from held for update`;

describe('a session', () => {
  it('ends a statement that takes too long', async () => {
    await expect(sql`select pg_sleep(5)`.execute(database.db)).rejects.toMatchObject({ code: '57014' });
  });

  it('waits for a lock only so long; the transaction is tried again until it gets it', async () => {
    const taken = Promise.withResolvers<void>();
    const over = Promise.withResolvers<void>();
    const holding = database.maintenance.transaction().execute(async (tx) => {
      await lockHeld.execute(tx);
      taken.resolve();
      await over.promise;
    });
    await taken.promise;
    await expect(lockHeld.execute(database.db)).rejects.toMatchObject({ code: '55P03' });
    let attempts = 0;
    await transact(database.db, async (tx) => {
      attempts += 1;
      if (attempts === 2) {
        over.resolve();
        await holding;
      }
      await lockHeld.execute(tx);
    });
    expect(attempts).toBe(2);
  });

  it('that falls silent inside of a transaction is ended, with its locks', async () => {
    const silent = database.db.transaction().execute(async (tx) => {
      await lockHeld.execute(tx);
      await sleep(600);
      await sql`update held set id = 2`.execute(tx);
    });
    await expect(silent).rejects.toThrow();
    const { rows } = await sql`select id from held for update nowait`.execute(database.db);
    expect(rows).toEqual([{ id: 1 }]);
  });

  it('that listens is left alone, however long it hears nothing', async () => {
    const client = await database.pool.connect();
    const heard: (string | undefined)[] = [];
    client.on('notification', ({ payload }) => heard.push(payload));
    await client.query('listen held');
    await sleep(700);
    await sql`select pg_notify('held', 'at last')`.execute(database.db);
    await eventually('the notification is heard', () => heard.includes('at last'), { withinMs: 5_000 });
    client.release(true);
  });

  it('of maintenance has all the time it needs', async () => {
    const { rows } = await sql`
      select current_setting('statement_timeout') as statement, current_setting('lock_timeout') as lock,
        current_setting('idle_in_transaction_session_timeout') as idle`.execute(database.maintenance);
    expect(rows).toEqual([{ statement: '0', lock: '0', idle: '0' }]);
    await sql`select pg_sleep(0.6)`.execute(database.maintenance);
  });
});
