import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { findCallerByUserId } from '#db/identity/callers.ts';
import { because } from '#domain/reasons.ts';
import { kindsOn } from '#ledger/rooms.ts';
import { createTestDatabase, type TestDatabase } from '#tests/support/database.ts';
import { transact } from '#ledger/kernel/transact.ts';
import { ensureNodePath } from '#ledger/tree/ensure-node-path.ts';
import { createPropose } from './propose.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  await sql`insert into "user" (id, name, email, role) values ('ann', 'ann', 'ann@example.com', 'ops')`.execute(
    database.db,
  );
  await transact(database.db, (tx) => ensureNodePath(tx, 'shop'));
});
afterAll(() => database.remove());

it.each([
  ['done', { succeeded: true, reason: because('done-by', { by: 'ann' }) }],
  ['failed', { succeeded: false, reason: because('failed-by', { by: 'ann' }) }],
  ['applying', undefined],
])('a change without a ticket that is over at once is %s', async (state, result) => {
  const propose = createPropose({
    kindsOn: (tx) => {
      const kinds = kindsOn(tx);
      const atOnce = { ...kinds['manual.step'], needsTicket: false, verify: () => Promise.resolve(result) };
      return { ...kinds, 'manual.step': atOnce };
    },
    openTicket: () => Promise.reject(new Error('nobody is asked')),
  });
  const proposer = await findCallerByUserId(database.db, 'ann');
  if (proposer === undefined) throw new Error('there is no ann');
  const { answer } = await propose(database.db, {
    proposer,
    origin: { from: 'api' },
    kind: 'manual.step',
    payload: { title: 'Turn', instructions: 'to the left', node: 'shop' },
  });
  const change = await database.db
    .selectFrom('change')
    .select(['state', 'ended_at'])
    .where('id', '=', answer.changeId)
    .executeTakeFirstOrThrow();
  expect(change.state).toBe(state);
  expect(change.ended_at === null).toBe(state === 'applying');
});
