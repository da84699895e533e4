import { type Kysely, sql } from 'kysely';
import { nameKey } from '#domain/name-rule.ts';

/**
 * Names of nodes, scripts and secrets are found by a key and unique by it: case and Unicode form make no other name. Names
 * themselves keep their case and take the form NFC. Where two names become one, nothing is changed and the error names
 * them: only their owners know which of the two others mean by it.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  const clashes: string[] = [];
  for (const { table, scope } of tables) {
    await sql`alter table ${sql.table(table)} add column name_key text`.execute(db);
    await fillKeys(db, table);
    clashes.push(...(await findClashes(db, table, scope)));
  }
  if (clashes.length > 0) throw new Error(`${advice}\n${clashes.join('\n')}`);
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const advice =
  'These names differ only in case or in Unicode form, and count as one from this version on. Start the version before this ' +
  'one again, rename all but one of each line, then start this one.';

/** `scope`: within what a name is unique. */
const tables = [
  { table: 'node', scope: 'parent_id' },
  { table: 'script', scope: undefined },
  { table: 'secret', scope: undefined },
] as const;
type Table = (typeof tables)[number]['table'];

const rowsAtOnce = 5_000;

async function fillKeys(db: Kysely<unknown>, table: Table): Promise<void> {
  for (;;) {
    const { rows } = await sql<{ id: string; name: string }>`
      select id::text, name from ${sql.table(table)} where name_key is null limit ${rowsAtOnce}`.execute(db);
    if (rows.length === 0) return;
    const ids = rows.map(({ id }) => id);
    const keys = rows.map(({ name }) => nameKey(name));
    await sql`update ${sql.table(table)} as row set name_key = given.key
      from unnest(${ids}::text[], ${keys}::text[]) as given (id, key) where row.id::text = given.id`.execute(db);
  }
}

/** A line for each set of names that have one key, at most a hundred. */
async function findClashes(db: Kysely<unknown>, table: Table, scope: 'parent_id' | undefined): Promise<string[]> {
  const within = scope === undefined ? sql`` : sql`${sql.ref(scope)},`;
  const name =
    table === 'node'
      ? sql`(select string_agg(up.name, '.' order by nlevel(up.path)) from node up where up.path @> row.path)`
      : sql`row.name`;
  const { rows } = await sql<{ names: string[] }>`
    select array_agg(${name} order by row.name) as names from ${sql.table(table)} row
    group by ${within} name_key having count(*) > 1 order by min(row.name) limit 100`.execute(db);
  return rows.map(({ names }) => `${table}: ${names.join(', ')}`);
}

const statements = [
  // Letters that look the same are stored as the same bytes, as the texts are that are compared with them.
  ...tables.map(({ table }) => `update ${table} set name = normalize(name, NFC) where name is not nfc normalized`),
  ...tables.map(({ table }) => `alter table ${table} alter column name_key set not null`),
  `alter table node drop constraint node_parent_id_name_key`,
  `alter table node add constraint node_name unique nulls not distinct (parent_id, name_key)`,
  `drop index script_name`,
  `create unique index script_name on script (name_key)`,
  `alter table secret drop constraint secret_name_key`,
  `create unique index secret_name on secret (name_key)`,
  // Secrets are listed by name, as scripts are.
  `create index secret_order on secret (name)`,
];
