import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Tx } from '#db/database.ts';
import { createTestDatabase, type TestDatabase } from '#tests/support/database.ts';
import { createCollector, transact } from './transact.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  await sql`create table noted (id bigint generated always as identity, word text not null)`.execute(database.db);
});
beforeEach(() => sql`truncate noted`.execute(database.db));
afterAll(() => database.remove());

const batches: string[][] = [];
beforeEach(() => batches.splice(0));
const note = createCollector<string>(async (tx, words) => {
  batches.push([...words]);
  await sql`insert into noted (word) select unnest(${[...words]}::text[])`.execute(tx);
});

async function noted(): Promise<string[]> {
  const { rows } = await sql<{ word: string }>`select word from noted order by id`.execute(database.db);
  return rows.map(({ word }) => word);
}

/** What PostgreSQL says of one of two transactions that wait for each other. */
const deadlock = () => Object.assign(new Error('deadlock detected'), { code: '40P01' });

describe('a transaction', () => {
  it('writes what it collected once, in order, after its work', async () => {
    const answer = await transact(database.db, async (tx) => {
      note(tx, 'one');
      await sql`insert into noted (word) values ('work')`.execute(tx);
      note(tx, 'two');
      return 'done';
    });
    expect(answer).toBe('done');
    expect(await noted()).toEqual(['work', 'one', 'two']);
    expect(batches).toEqual([['one', 'two']]);
  });

  it('begins each attempt with nothing collected', async () => {
    let attempts = 0;
    await transact(database.db, (tx) => {
      attempts += 1;
      note(tx, `attempt ${attempts}`);
      if (attempts < 3) throw deadlock();
    });
    expect(await noted()).toEqual(['attempt 3']);
  });

  it('gives up after six attempts, and at once on any other error', async () => {
    let attempts = 0;
    const failing = (error: Error) =>
      transact(database.db, () => {
        attempts += 1;
        throw error;
      });
    await expect(failing(deadlock())).rejects.toThrow('deadlock');
    expect(attempts).toBe(6);
    await expect(failing(new Error('wrong'))).rejects.toThrow('wrong');
    expect(attempts).toBe(7);
  });

  it('leaves nothing of what it collected where it fails', async () => {
    const failing = transact(database.db, (tx) => {
      note(tx, 'lost');
      throw new Error('rolled back');
    });
    await expect(failing).rejects.toThrow('rolled back');
    expect(await noted()).toEqual([]);
  });

  it('collects only inside of transact, and not after its work', async () => {
    const elsewhere = database.db.transaction().execute((tx) => Promise.resolve(note(tx, 'unseen')));
    await expect(elsewhere).rejects.toThrow('inside of transact()');
    const kept: Tx[] = [];
    await transact(database.db, (tx) => kept.push(tx));
    expect(() => note(kept[0]!, 'late')).toThrow('inside of transact()');
  });

  it('does not nest', async () => {
    const nested = transact(database.db, (tx) => transact(tx, () => undefined));
    await expect(nested).rejects.toThrow(/transaction/);
  });
});
