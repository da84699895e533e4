import { sql } from 'kysely';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Tx } from '#db/database.ts';
import { createTestDatabase, type TestDatabase } from '#tests/support/database.ts';
import { carryOut, createOperation, findRequestedOperations, getOperation, type Operation } from './operations.ts';
import { transact } from '#ledger/kernel/transact.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase({ max: 8 });
});
afterAll(() => database.remove());

async function ask(subjectId: string, noun: 'task' | 'ticket' = 'task'): Promise<string> {
  const id = uuidv7();
  const operation = { id, noun, subjectId, action: 'wave', actor: { id: 'u1', name: 'alice' }, details: { to: 'bob' } };
  await transact(database.db, (tx) => createOperation(tx, operation));
  return id;
}

/** Carries out on a subject that is nothing but its lock. */
function wave(subjectId: string, operationId: string, apply: (operation: Operation) => { applied: boolean }) {
  return carryOut(database.db, operationId, {
    async lock(tx: Tx) {
      await sql`select pg_advisory_xact_lock(hashtext(${subjectId}))`.execute(tx);
      return { id: subjectId };
    },
    find: (tx, id) => getOperation(tx, 'task', id),
    apply: (_tx, _subject, operation) => Promise.resolve(apply(operation)),
    answer: (_tx, subject, result) => ({ ...result, by: subject.id }),
  });
}

describe('carryOut', () => {
  it('applies once, whoever asks how often, and tells everybody what came of it', async () => {
    const subjectId = uuidv7();
    const operationId = await ask(subjectId);
    const seen: Operation[] = [];
    const answers = await Promise.all(
      Array.from({ length: 5 }, () =>
        wave(subjectId, operationId, (operation) => ({ applied: seen.push(operation) === 1 })),
      ),
    );
    expect(answers).toEqual(Array.from({ length: 5 }, () => ({ applied: true, by: subjectId })));
    expect(seen).toMatchObject([{ id: operationId, action: 'wave', details: { to: 'bob' }, state: 'requested' }]);
    const operation = await getOperation(database.db, 'task', operationId);
    expect(operation).toMatchObject({ state: 'applied', result: { applied: true }, actor: { name: 'alice' } });
    expect(Date.parse(operation!.handledAt!)).toBeGreaterThanOrEqual(Date.parse(operation!.createdAt));
  });

  it('keeps a refusal, and does not try again', async () => {
    const subjectId = uuidv7();
    const operationId = await ask(subjectId);
    for (const applied of [false, true]) {
      expect(await wave(subjectId, operationId, () => ({ applied }))).toMatchObject({ applied: false });
    }
    expect(await getOperation(database.db, 'task', operationId)).toMatchObject({ state: 'refused' });
  });

  it('does not know what is asked of another subject, or of another noun', async () => {
    const subjectId = uuidv7();
    const refuses = () => {
      throw new Error('not this one');
    };
    for (const id of [await ask(uuidv7()), await ask(subjectId, 'ticket'), uuidv7(), 'none']) {
      expect(await wave(subjectId, id, refuses)).toMatchObject({
        applied: false,
        reason: { code: 'no-such-operation' },
      });
    }
  });

  it('leaves it requested where it throws', async () => {
    const subjectId = uuidv7();
    const operationId = await ask(subjectId);
    const fails = () => {
      throw new Error('broken');
    };
    await expect(wave(subjectId, operationId, fails)).rejects.toThrow('broken');
    expect(await wave(subjectId, operationId, () => ({ applied: true }))).toMatchObject({ applied: true });
  });
});

describe('findRequestedOperations', () => {
  it('finds those of one noun that wait, oldest first', async () => {
    const subjectId = uuidv7();
    const [first, second, ticket] = [await ask(subjectId), await ask(subjectId), await ask(subjectId, 'ticket')];
    const handled = await ask(subjectId);
    await wave(subjectId, handled, () => ({ applied: true }));
    const found = async (noun: 'task' | 'ticket') =>
      (await findRequestedOperations(database.db, noun, -1_000, 100))
        .filter((one) => one.subjectId === subjectId)
        .map(({ id }) => id);
    expect(await found('task')).toEqual([first, second]);
    expect(await found('ticket')).toEqual([ticket]);
    expect(await findRequestedOperations(database.db, 'task', 60_000, 100)).toEqual([]);
  });
});
