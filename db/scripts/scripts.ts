import type { Database } from '#db/database.ts';
import { containing } from '#db/search-pattern.ts';
import { isUuid } from '#db/is-uuid.ts';
import { nameKey } from '#domain/name-rule.ts';
import type { ScriptLanguage } from '#domain/scripts/script.ts';

/** A script as people list it: without its text. */
export interface ScriptSummary {
  readonly id: string;
  readonly name: string;
  readonly language: ScriptLanguage;
  readonly description: string;
  /** The latest one; `bytes` is its size. */
  readonly version: number;
  readonly bytes: number;
  readonly createdBy: string;
  readonly createdAt: string;
  readonly updatedBy: string;
  readonly updatedAt: string;
}

/** One version as people list it: without its text. */
export interface ScriptVersionSummary {
  readonly version: number;
  readonly bytes: number;
  readonly note: string;
  readonly createdBy: string;
  readonly createdAt: string;
}

/** One version with its text. */
export interface ScriptVersion extends ScriptVersionSummary {
  readonly content: string;
}

const scriptColumns = [
  ...(['id', 'name', 'language', 'description', 'latest_version as version', 'bytes'] as const),
  ...(['created_by as createdBy', 'created_at as createdAt'] as const),
  ...(['updated_by as updatedBy', 'updated_at as updatedAt'] as const),
] as const;

const versionColumns = ['version', 'bytes', 'note', 'created_by as createdBy', 'created_at as createdAt'] as const;

/** Scripts by name, after the one named `after`; `q` is part of a name or description. */
export async function listScripts(
  db: Database,
  query: { q?: string | undefined; language?: ScriptLanguage | undefined; after?: string | undefined; limit: number },
): Promise<ScriptSummary[]> {
  const { q, language, after, limit } = query;
  let select = db.selectFrom('script').select(scriptColumns).orderBy('name').limit(limit);
  if (after !== undefined) select = select.where('name', '>', after);
  if (language !== undefined) select = select.where('language', '=', language);
  if (q !== undefined && q !== '') {
    const like = containing(q);
    select = select.where((eb) => eb.or([eb('name', 'ilike', like), eb('description', 'ilike', like)]));
  }
  const rows = await select.execute();
  return rows.map((row) => ({
    ...row,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  }));
}

/** One script by its id or its name. */
export async function findScript(db: Database, idOrName: string): Promise<ScriptSummary | undefined> {
  const select = db.selectFrom('script').select(scriptColumns);
  const row = await (
    isUuid(idOrName) ? select.where('id', '=', idOrName) : select.where('name_key', '=', nameKey(idOrName))
  ).executeTakeFirst();
  if (row === undefined) return undefined;
  return { ...row, createdAt: row.createdAt.toISOString(), updatedAt: row.updatedAt.toISOString() };
}

/** Versions of a script, newest first, below `before`. */
export async function listScriptVersions(
  db: Database,
  scriptId: string,
  page: { before?: number | undefined; limit: number },
): Promise<ScriptVersionSummary[]> {
  let select = db
    .selectFrom('script_version')
    .select(versionColumns)
    .where('script_id', '=', scriptId)
    .orderBy('version', 'desc')
    .limit(page.limit);
  if (page.before !== undefined) select = select.where('version', '<', page.before);
  return (await select.execute()).map((row) => ({ ...row, createdAt: row.createdAt.toISOString() }));
}

/** One version of a script with its text; undefined where there is none of that number. */
export async function findScriptVersion(
  db: Database,
  scriptId: string,
  version: number,
): Promise<ScriptVersion | undefined> {
  const row = await db
    .selectFrom('script_version')
    .select([...versionColumns, 'content'])
    .where('script_id', '=', scriptId)
    .where('version', '=', version)
    .executeTakeFirst();
  return row === undefined ? undefined : { ...row, createdAt: row.createdAt.toISOString() };
}
