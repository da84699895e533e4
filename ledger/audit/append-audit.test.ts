import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '#tests/support/database.ts';
import { appendAudit } from './append-audit.ts';
import { listAudit, verifyAudit } from '#db/audit/audit-rows.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase({ max: 12 });
});
afterAll(() => database.remove());

const append = (n: number, details: Record<string, unknown> = {}) =>
  database.db
    .transaction()
    .execute((tx) =>
      appendAudit(tx, { actor: { id: null, name: 'tester' }, action: `test.${n}`, node: 'a.b', details }),
    );

/** Does to the table what nobody may: with its trigger off. */
async function tamper(statement: string): Promise<void> {
  await database.db.transaction().execute(async (tx) => {
    await sql`alter table audit disable trigger audit_append_only`.execute(tx);
    await sql.raw(statement).execute(tx);
    await sql`alter table audit enable trigger audit_append_only`.execute(tx);
  });
}

describe('the audit chain', () => {
  beforeEach(async () => {
    await tamper('truncate audit');
    for (let n = 1; n <= 5; n++) await append(n, { n, nested: { b: 1, a: [1.5, null, 'ü\u0000\ud800'] }, big: 1e21 });
  });

  it('is intact after rows of every shape, and names its head', async () => {
    const { rows, brokenAt, head } = await verifyAudit(database.db);
    expect({ rows, brokenAt }).toEqual({ rows: 5, brokenAt: undefined });
    expect(head).toMatch(/^[0-9a-f]{64}$/);
  });

  it('does not fork under fifty writers at once', async () => {
    await Promise.all(Array.from({ length: 50 }, (_, n) => append(n)));
    expect(await verifyAudit(database.db)).toMatchObject({ rows: 55, brokenAt: undefined });
  });

  it('leaves nothing of a transaction that is rolled back', async () => {
    const failing = database.db.transaction().execute(async (tx) => {
      await appendAudit(tx, { actor: { id: null, name: 'tester' }, action: 'lost' });
      throw new Error('rolled back');
    });
    await expect(failing).rejects.toThrow('rolled back');
    await append(6);
    expect(await verifyAudit(database.db)).toMatchObject({ rows: 6, brokenAt: undefined });
  });

  it.each([
    ['an edit', `update audit set action = 'x' where id = 3`, '3'],
    ['an edit of details', `update audit set details = '{"n": 4}' where id = 4`, '4'],
    ['a deletion', `delete from audit where id = 2`, '3'],
    [
      'a swap',
      `update audit set id = case id when 2 then -3 else -2 end where id in (2, 3); update audit set id = -id where id < 0`,
      '2',
    ],
    [
      'an insertion',
      `insert into audit select 6, at, actor_id, actor_name, 'forged', outcome, target, node, details, request_id, ip, hash, md5('x') from audit where id = 5`,
      '6',
    ],
  ])('shows %s by the first row that is wrong', async (_, statement, brokenAt) => {
    for (const part of statement.split('; ')) await tamper(part);
    expect(await verifyAudit(database.db)).toMatchObject({ brokenAt });
  });

  it('refuses changes and deletions', async () => {
    await expect(sql`update audit set action = 'x'`.execute(database.db)).rejects.toThrow('append-only');
    await expect(sql`delete from audit`.execute(database.db)).rejects.toThrow('append-only');
    await expect(sql`truncate audit`.execute(database.db)).rejects.toThrow('append-only');
  });

  it('is listed newest first, by filters', async () => {
    expect((await listAudit(database.db, { action: 'test.*', beforeId: '4' }, 10)).map((row) => row.id)).toEqual([
      '3',
      '2',
      '1',
    ]);
    expect(await listAudit(database.db, { node: 'a', actor: 'tester', action: 'test.2' }, 10)).toHaveLength(1);
    expect(await listAudit(database.db, { node: 'a.bc' }, 10)).toEqual([]);
    expect(await listAudit(database.db, { outcome: 'denied' }, 10)).toEqual([]);
  });
});
