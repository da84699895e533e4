import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '#tests/support/database.ts';
import { createRecord, liveEvents } from './record.ts';
import { transact } from './transact.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.remove());

it('has the parts that a happening names written, in the order of the parts', async () => {
  const written: unknown[] = [];
  type Kettle = { readonly id: string };
  const record = createRecord({
    story: async (_tx, kettle: Kettle, line: string) => {
      await Promise.resolve();
      written.push(['story', kettle.id, line]);
    },
    boiling: liveEvents(({ id }: Kettle, degrees: number) => [['agents', { id, degrees }]]),
    audit: (_tx, kettle: Kettle, action: string) => void written.push(['audit', kettle.id, action]),
  });
  await transact(database.db, async (tx) => {
    await record(tx, { id: 'k1' }, { audit: 'kettle.boil', story: 'it boils', boiling: 0 });
    await record(tx, { id: 'k2' }, { audit: undefined });
  });
  expect(written).toEqual([
    ['story', 'k1', 'it boils'],
    ['audit', 'k1', 'kettle.boil'],
  ]);
  const events = await database.db.selectFrom('event').select(['topic', 'data']).execute();
  expect(events).toEqual([{ topic: 'agents', data: { id: 'k1', degrees: 0 } }]);
});
