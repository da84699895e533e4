import { type RawBuilder, sql } from 'kysely';
import type { Database, Tx } from '#db/database.ts';
import { Problem } from '#domain/errors.ts';
import { because } from '#domain/reasons.ts';
import { audit, type AuditOrigin } from '#ledger/audit/audit.ts';
import type { SealedColumn } from '#ledger/kernel/sealed-column.ts';
import type { SecretBox } from '#platform/secret-box.ts';

/** How many values each key has sealed, by its id. */
export async function countByKey(db: Database, columns: readonly SealedColumn[]): Promise<Map<string, number>> {
  const each = columns.map(
    ({ table, column }) =>
      sql`select ${keyIdOf(column)} as key_id from ${sql.table(table)} where ${sql.ref(column)} is not null`,
  );
  const { rows } = await sql<{ keyId: string; values: number }>`
    select key_id as "keyId", count(*)::int as values from (${sql.join(each, sql` union all `)}) as sealed
    group by key_id order by key_id`.execute(db);
  return new Map(rows.map(({ keyId, values }) => [keyId, values]));
}

/** What is left to do for a key that seals: values that another key of the file opens, and values that none does. */
export function leftToRewrap(
  counts: ReadonlyMap<string, number>,
  [sealing, ...opening]: readonly string[],
): { left: number; unreadable: number } {
  const sum = (keyIds: readonly string[]) => keyIds.reduce((total, keyId) => total + (counts.get(keyId) ?? 0), 0);
  return {
    left: sum(opening),
    unreadable: sum([...counts.keys()].filter((keyId) => keyId !== sealing && !opening.includes(keyId))),
  };
}

/**
 * Moves some values, at most `limit`, under the first of these keys, in one transaction: whoever dies in between has done
 * nothing or all of it, and the next call goes on with what other keys still seal. Rows that somebody else holds come
 * later. A value that is damaged is named: the rest waits until it is destroyed.
 */
export async function rewrapBatch(
  tx: Tx,
  columns: readonly SealedColumn[],
  batch: {
    readonly by: AuditOrigin;
    readonly keyIds: readonly string[];
    readonly limit: number;
    readonly rewrap: SecretBox['rewrap'];
  },
): Promise<{ rewrapped: number }> {
  const { by, limit, rewrap } = batch;
  const [sealing = '', ...opening] = batch.keyIds;
  let rewrapped = 0;
  for (const column of columns) {
    if (rewrapped < limit) rewrapped += await rewrapSome(tx, column, { opening, limit: limit - rewrapped, rewrap });
  }
  audit(tx, { ...by, action: 'secret.rotate-key', target: sealing, nodes: [], details: { rewrapped } });
  return { rewrapped };
}

async function rewrapSome(
  tx: Tx,
  { of, table, column, key, contextOf }: SealedColumn,
  { opening, limit, rewrap }: { opening: readonly string[]; limit: number; rewrap: SecretBox['rewrap'] },
): Promise<number> {
  const keyText = sql`array[${sql.join(key.map((name) => sql`${sql.ref(name)}::text`))}]`;
  const { rows } = await sql<{ key: string[]; sealed: string }>`
    select ${keyText} as key, ${sql.ref(column)} as sealed from ${sql.table(table)}
    where ${keyIdOf(column)} = any(${[...opening]}::text[])
    order by ${sql.join(key.map((name) => sql.ref(name)))} limit ${limit} for no key update skip locked`.execute(tx);
  const moved = await Promise.all(
    rows.map(async ({ key: rowKey, sealed }) => {
      try {
        return await rewrap(sealed, contextOf(rowKey));
      } catch (cause) {
        const reason = because('sealed-value-damaged', { of, key: rowKey.join(' ') });
        throw new Problem('not-in-this-state', reason, { cause });
      }
    }),
  );
  await sql`
    update ${sql.table(table)} as row set ${sql.ref(column)} = given.sealed
    from unnest(${rows.map((row) => row.key.join(' '))}::text[], ${moved}::text[]) as given (key, sealed)
    where array_to_string(${keyText}, ' ') = given.key`.execute(tx);
  return rows.length;
}

const keyIdOf = (column: string): RawBuilder<string> => sql<string>`split_part(${sql.ref(column)}, '.', 2)`;
