import type { Database } from '#db/database.ts';
import { nameKey } from '#domain/name-rule.ts';

/** Names of users by id. */
export async function userNames(db: Database, ids: readonly string[]): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map();
  const rows = await db
    .selectFrom('user')
    .select(['id', 'name'])
    .where('id', 'in', [...new Set(ids)])
    .execute();
  return new Map(rows.map((row) => [row.id, row.name]));
}

/** Ids of users by name in any case, under its key; names of nobody are not in it. */
export async function userIdsByName(db: Database, names: readonly string[]): Promise<Map<string, string>> {
  if (names.length === 0) return new Map();
  const rows = await db
    .selectFrom('user')
    .select(['id', 'username'])
    .where('username', 'in', [...new Set(names.map(nameKey))])
    .execute();
  return new Map(rows.map((row) => [row.username ?? '', row.id]));
}
