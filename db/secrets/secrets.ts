import { type RawBuilder, sql } from 'kysely';
import type { Database } from '#db/database.ts';
import type { TreeScope } from '#db/identity/callers.ts';
import { isUuid } from '#db/is-uuid.ts';
import { containing } from '#db/search-pattern.ts';
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
  const named = name === undefined ? sql`true` : sql`s.name = ${name}`;
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

/** What decides who may use a secret, and its newest version. */
export interface UsableSecret extends SecretAccess {
  readonly latestVersion: number;
}

/** Secrets by the words that ask for them. A word that looks like an id is one: no name can stand in its way. */
export async function findSecretsByIdOrName(
  db: Database,
  words: readonly string[],
): Promise<Map<string, UsableSecret>> {
  const ids = words.filter(isUuid);
  const names = words.filter((word) => !isUuid(word));
  const { rows } = await sql<{ id: string; name: string; path: string | null; latestVersion: number }>`
    select s.id, s.name, ltree2text(n.path) as path, s.latest_version as "latestVersion"
    from secret s left join node n on n.id = s.node_id
    where s.id = any(${ids}::uuid[]) or s.name = any(${names}::text[])`.execute(db);
  const secrets = rows.map(({ path, ...secret }) => ({ ...secret, nodeIds: path?.split('.') }));
  return new Map(
    words.flatMap((word) => {
      const found = secrets.find((secret) => (isUuid(word) ? secret.id === word.toLowerCase() : secret.name === word));
      return found === undefined ? [] : [[word, found] as const];
    }),
  );
}

interface VersionName {
  readonly id: string;
  readonly version: number;
}

/** Those of these versions that still have a value. */
export async function keptVersions<Version extends VersionName>(
  db: Database,
  versions: readonly Version[],
): Promise<Set<Version>> {
  const sealed = await sealedVersions(db, versions);
  return new Set(versions.filter((version) => sealed.has(versionKey(version))));
}

/** The sealed values of these versions by {@link versionKey}, as far as they have one. */
export async function sealedVersions(db: Database, versions: readonly VersionName[]): Promise<Map<string, string>> {
  if (versions.length === 0) return new Map();
  const { rows } = await sql<{ id: string; version: number; sealed: string }>`
    select v.secret_id as id, v.version, v.sealed
    from unnest(${versions.map(({ id }) => id)}::uuid[], ${versions.map(({ version }) => version)}::int[]) as asked (id, version)
    join secret_version v on v.secret_id = asked.id and v.version = asked.version
    where v.sealed is not null`.execute(db);
  return new Map(rows.map((row) => [versionKey(row), row.sealed]));
}

/** One version of a secret in a word that tells it from all others. */
export const versionKey = ({ id, version }: VersionName): string => `${id}@${version}`;

/** Undefined where there is no such secret. */
export async function findSecretAccess(db: Database, id: string): Promise<SecretAccess | undefined> {
  const { rows } = await sql<{ id: string; name: string; path: string | null }>`
    select s.id, s.name, ltree2text(n.path) as path from secret s left join node n on n.id = s.node_id
    where s.id = ${id}::uuid`.execute(db);
  const row = rows[0];
  return row && { id: row.id, name: row.name, nodeIds: row.path?.split('.') };
}
