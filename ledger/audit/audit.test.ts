import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '#tests/support/database.ts';
import { audit, type AuditEntry } from './audit.ts';
import { listAudit, verifyAudit } from '#db/audit/audit-rows.ts';
import { type AuditAction, auditActions } from '#domain/names.ts';
import { transact } from '#ledger/kernel/transact.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase({ max: 12 });
});
afterAll(() => database.remove());

const entry = (n: number, details: Record<string, unknown> = {}): AuditEntry => ({
  actor: { id: null, name: 'tester' },
  action: 'webhook.test',
  target: `test ${n}`,
  nodes: ['a.b', 'c'],
  details,
});
const append = (n: number, details: Record<string, unknown> = {}) =>
  transact(database.db, (tx) => audit(tx, entry(n, details)));

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
    const failing = transact(database.db, (tx) => {
      audit(tx, entry(6));
      throw new Error('rolled back');
    });
    await expect(failing).rejects.toThrow('rolled back');
    await append(6);
    expect(await verifyAudit(database.db)).toMatchObject({ rows: 6, brokenAt: undefined });
  });

  it('has the rows of one transaction next to each other, in order, however many transactions audit at once', async () => {
    await Promise.all(
      Array.from({ length: 12 }, (_, writer) =>
        transact(database.db, async (tx) => {
          for (const part of [1, 2, 3]) {
            audit(tx, entry(7, { writer, part }));
            await sql`select pg_sleep(random() / 100)`.execute(tx);
          }
        }),
      ),
    );
    const rows = (await listAudit(database.db, { target: 'test 7' }, 100)).reverse();
    expect(rows).toHaveLength(36);
    for (let at = 0; at < rows.length; at += 3) {
      const writer = rows[at]?.details['writer'];
      expect(rows.slice(at, at + 3).map((row) => row.details)).toEqual([1, 2, 3].map((part) => ({ writer, part })));
    }
    expect(await verifyAudit(database.db)).toMatchObject({ rows: 41, brokenAt: undefined });
  });

  it('is open to others while a transaction that has audited still works', async () => {
    await transact(database.db, async (tx) => {
      audit(tx, entry(8));
      await sql`select 1`.execute(tx);
      await transact(database.db, async (other) => {
        await sql`set local lock_timeout = '2s'`.execute(other);
        audit(other, entry(9));
      });
    });
    expect((await listAudit(database.db, {}, 2)).map((row) => row.target)).toEqual(['test 8', 'test 9']);
  });

  it('takes nothing of a transaction that would never write it', async () => {
    const unwritten = database.db.transaction().execute((tx) => Promise.resolve(audit(tx, entry(6))));
    await expect(unwritten).rejects.toThrow('inside of transact()');
  });

  it.each([
    ['an edit', `update audit set action = 'x' where id = 3`, '3'],
    ['an edit of details', `update audit set details = '{"n": 4}' where id = 4`, '4'],
    ['an edit of nodes', `update audit set nodes = '{a.b}' where id = 4`, '4'],
    ['a deletion', `delete from audit where id = 2`, '3'],
    [
      'a swap',
      `update audit set id = case id when 2 then -3 else -2 end where id in (2, 3); update audit set id = -id where id < 0`,
      '2',
    ],
    [
      'an insertion',
      `insert into audit select 6, at, actor_id, actor_name, 'forged', outcome, target, nodes, details, request_id, ip, hash, md5('x') from audit where id = 5`,
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

  it('knows what can be done by name', () => {
    // @ts-expect-error No room has this one.
    const unknown: AuditAction = 'webhook.boil';
    expect(auditActions).not.toContain(unknown);
    expect(auditActions).toEqual(
      expect.arrayContaining(['webhook.test', 'task.run', 'task.kill', 'tree.edit', 'request']),
    );
    expect(new Set(auditActions).size).toBe(auditActions.length);
  });

  it('is listed newest first, by filters', async () => {
    expect((await listAudit(database.db, { action: 'webhook.*', beforeId: '4' }, 10)).map((row) => row.id)).toEqual([
      '3',
      '2',
      '1',
    ]);
    expect(
      await listAudit(database.db, { node: 'a', actor: 'tester', action: 'webhook.test', target: 'test 2' }, 10),
    ).toHaveLength(1);
    expect(await listAudit(database.db, { outcome: 'denied' }, 10)).toEqual([]);
  });

  it('is found by each of the nodes that it concerns, and by every node above one', async () => {
    await transact(database.db, (tx) => {
      audit(tx, { ...entry(10), nodes: ['shop.web.eu', 'till'] });
      audit(tx, { ...entry(11), nodes: ['shop.till'] });
    });
    const found = async (node: string) => (await listAudit(database.db, { node }, 10)).map((row) => row.target);
    expect(await found('shop')).toEqual(['test 11', 'test 10']);
    for (const node of ['shop.web', 'shop.web.eu', 'till']) expect(await found(node)).toEqual(['test 10']);
    for (const node of ['shop.web.e', 'web', 'shop.web.eu.west', 'shopping']) expect(await found(node)).toEqual([]);
  });
});
