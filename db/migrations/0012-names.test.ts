import { type Kysely, sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '#tests/support/database.ts';
import { up } from './0012-names.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.remove());

/** The schema as it was before. */
beforeEach(async () => {
  for (const statement of [
    'truncate node, script, secret cascade',
    'alter table node drop column name_key, add constraint node_parent_id_name_key unique nulls not distinct (parent_id, name)',
    'alter table script drop column name_key',
    'create unique index script_name on script (lower(name))',
    'alter table secret drop column name_key, add constraint secret_name_key unique (name)',
    'drop index secret_order',
  ]) {
    await sql.raw(statement).execute(database.db);
  }
});

const migrate = () => database.maintenance.transaction().execute((tx) => up(tx as unknown as Kysely<unknown>));
async function addNodes(...nodes: [id: number, parent: number | null, name: string, path: string][]): Promise<void> {
  for (const node of nodes) {
    await sql`insert into node (id, parent_id, name, path) overriding system value values (${sql.join(node)})`.execute(
      database.db,
    );
  }
}
const addScript = (name: string) =>
  sql`insert into script (id, name, language, bytes, created_by, updated_by)
    values (gen_random_uuid(), ${name}, 'shell', 0, 'a', 'a')`.execute(database.db);
const nodesNow = async () => (await sql`select name, name_key as key from node order by id`.execute(database.db)).rows;

describe('names of before', () => {
  it('keep their spelling and get their key; those of another Unicode form become NFC', async () => {
    await addNodes([1, null, 'Infra', '1'], [2, 1, 'infra', '1.2'], [3, 1, '\u1112\u1161\u11ab', '1.3']);
    await addScript('Rotate');
    await sql`insert into secret (id, name, created_by, rotated_by) values (gen_random_uuid(), 'db', 'a', 'a')`.execute(
      database.db,
    );
    await migrate();
    expect(await nodesNow()).toEqual([
      { name: 'Infra', key: 'infra' },
      { name: 'infra', key: 'infra' },
      { name: '\ud55c', key: '\ud55c' },
    ]);
    const { rows } = await sql`select name_key as key from script union all select name_key from secret`.execute(
      database.db,
    );
    expect(rows).toEqual([{ key: 'rotate' }, { key: 'db' }]);
    await expect(
      sql`insert into node (id, name, name_key, path) overriding system value values (9, 'INFRA', 'infra', '9')`.execute(
        database.db,
      ),
    ).rejects.toMatchObject({ code: '23505' });
  });

  it('that become one are named by the error, and nothing is changed', async () => {
    await addNodes([1, null, 'Infra', '1'], [2, 1, 'web', '1.2'], [3, 1, 'Web', '1.3'], [4, null, 'infra', '4']);
    await addScript('\u00c5ngstrom');
    await addScript('\u212bngstrom');
    const failed = await migrate().catch((error: unknown) => (error as Error).message.split('\n').slice(1).sort());
    expect(failed).toEqual([
      expect.stringMatching(/^node: (Infra, infra|infra, Infra)$/),
      expect.stringMatching(/^node: (Infra\.web, Infra\.Web|Infra\.Web, Infra\.web)$/),
      'script: \u00c5ngstrom, \u212bngstrom',
    ]);
    await expect(nodesNow()).rejects.toMatchObject({ code: '42703' });
    // For the next test, and as people do it.
    await sql`update node set name = 'www' where name = 'Web'`.execute(database.db);
    await sql`delete from node where id = 4`.execute(database.db);
    await sql`delete from script where name = ${'\u212bngstrom'}`.execute(database.db);
    await migrate();
    expect(await nodesNow()).toHaveLength(3);
  });
});
