import { type RawBuilder, sql } from 'kysely';
import type { Database } from '#db/database.ts';
import type { TreeScope } from '#db/identity/callers.ts';
import { containing } from '#db/search-pattern.ts';
import { nameKey } from '#domain/name-rule.ts';
import { fullNameSql } from '#db/tree/nodes.ts';

/** A secret as it is shown: never with a value. Times are ISO 8601 in UTC. */
export interface SecretSummary {
  readonly id: string;
  readonly name: string;
  /** Full name of its owner node; null: the whole platform. */
  readonly node: string | null;
  readonly description: string;
  readonly latestVersion: number;
  /** Versions that still have a value. */
  readonly versions: number;
  readonly createdBy: string;
  readonly createdAt: string;
  readonly rotatedBy: string;
  readonly rotatedAt: string;
}

export interface SecretVersionSummary {
  readonly version: number;
  readonly createdBy: string;
  readonly createdAt: string;
  /** When its value was destroyed. */
  readonly deletedAt: string | null;
}

/** What decides who may see, use and edit a secret. */
export interface SecretAccess {
  readonly id: string;
  readonly name: string;
  /** Ids from the root to its owner node; undefined: the whole platform. */
  readonly nodeIds: readonly string[] | undefined;
}

interface SecretRow extends Omit<SecretSummary, 'createdAt' | 'rotatedAt'> {
  readonly createdAt: Date;
  readonly rotatedAt: Date;
}

async function selectSecrets(db: Database, where: RawBuilder<unknown>, limit = 1): Promise<SecretSummary[]> {
  const { rows } = await sql<SecretRow>`
    select s.id, s.name, case when n.id is null then null else ${fullNameSql('n')} end as node, s.description,
      s.latest_version as "latestVersion",
      (select count(*)::int from secret_version v where v.secret_id = s.id and v.sealed is not null) as versions,
      s.created_by as "createdBy", s.created_at as "createdAt", s.rotated_by as "rotatedBy", s.rotated_at as "rotatedAt"
    from secret s left join node n on n.id = s.node_id where ${where} order by s.name limit ${limit}`.execute(db);
  return rows.map((row) => ({
    ...row,
    createdAt: row.createdAt.toISOString(),
    rotatedAt: row.rotatedAt.toISOString(),
  }));
}

/** Secrets by name, after the one named `after`: those in scope; `q` is part of a name or description. */
export function listSecrets(
  db: Database,
  query: {
    scope: TreeScope;
    q?: string | undefined;
    name?: string | undefined;
    after?: string | undefined;
    limit: number;
  },
): Promise<SecretSummary[]> {
  const { scope, q = '', name, after = '', limit } = query;
  const inScope = scope === 'all' ? sql`true` : sql`${[...scope]}::ltree[] @> n.path`;
  const named = name === undefined ? sql`true` : sql`s.name_key = ${nameKey(name)}`;
  const like = containing(q);
  const found = q === '' ? sql`true` : sql`(s.name ilike ${like} or s.description ilike ${like})`;
  return selectSecrets(db, sql`s.name > ${after} and ${inScope} and ${named} and ${found}`, limit);
}

/** One secret, or undefined. */
export async function getSecret(db: Database, id: string): Promise<SecretSummary | undefined> {
  return (await selectSecrets(db, sql`s.id = ${id}::uuid`))[0];
}

/** The versions of a secret, newest first, from below `before`. */
export async function listSecretVersions(
  db: Database,
  secretId: string,
  page: { before?: number | undefined; limit: number },
): Promise<SecretVersionSummary[]> {
  let query = db
    .selectFrom('secret_version')
    .select(['version', 'created_by', 'created_at', 'deleted_at'])
    .where('secret_id', '=', secretId)
    .orderBy('version', 'desc')
    .limit(page.limit);
  if (page.before !== undefined) query = query.where('version', '<', page.before);
  return (await query.execute()).map((row) => ({
    version: row.version,
    createdBy: row.created_by,
    createdAt: row.created_at.toISOString(),
    deletedAt: row.deleted_at?.toISOString() ?? null,
  }));
}

/** Undefined where there is no such secret. */
export async function findSecretAccess(db: Database, id: string): Promise<SecretAccess | undefined> {
  const { rows } = await sql<{ id: string; name: string; path: string | null }>`
    select s.id, s.name, ltree2text(n.path) as path from secret s left join node n on n.id = s.node_id
    where s.id = ${id}::uuid`.execute(db);
  const row = rows[0];
  return row && { id: row.id, name: row.name, nodeIds: row.path?.split('.') };
}
