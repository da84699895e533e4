import { sql } from 'kysely';
import { v7 as uuidv7 } from 'uuid';
import type { Tx } from '#db/database.ts';
import type { AuditOrigin } from '#ledger/audit/audit.ts';
import { markOf } from '#ledger/audit/text-mark.ts';
import type { ScriptLanguage } from '#domain/scripts/script.ts';
import { record } from './record.ts';
import { nameTaken, Problem } from '#domain/errors.ts';
import { nameKey } from '#domain/name-rule.ts';
import { because } from '#domain/reasons.ts';

/** Who writes, and from where. */
interface By {
  readonly by: AuditOrigin;
}

/** A new script with its version 1. A name that is taken: Problem `conflict`. */
export async function insertScript(
  tx: Tx,
  script: By & { name: string; language: ScriptLanguage; description: string; content: string; note: string },
): Promise<{ id: string }> {
  const { by, name, language, description, content, note } = script;
  const id = uuidv7();
  const bytes = Buffer.byteLength(content);
  const author = by.actor.name;
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto('script')
    .values({ id, name, name_key: nameKey(name), language, description, bytes, created_by: author, updated_by: author })
    .onConflict((conflict) => conflict.column('name_key').doNothing())
    .executeTakeFirst();
  if (numInsertedOrUpdatedRows === 0n) throw nameTaken('name', name);
  await tx
    .insertInto('script_version')
    .values({ script_id: id, version: 1, content, bytes, note, created_by: author })
    .execute();
  const details = { language, ...markOf(content) };
  await record(tx, { id, name }, { changed: true, audit: { by, action: 'script.create', details } });
  return { id };
}

/**
 * Adds the version after `baseVersion`. A base that is not the latest: Problem `newer-version` with the latest in
 * `latestVersion`; the text of the latest once more: Problem `no-change`.
 */
export async function insertScriptVersion(
  tx: Tx,
  id: string,
  version: By & { baseVersion: number; content: string; note: string },
): Promise<{ version: number }> {
  const { by, baseVersion, content, note } = version;
  // Whoever adds one holds the row until the commit: numbers have no holes and no two writers get one.
  const script = await tx
    .selectFrom('script')
    .select(['id', 'name', 'latest_version as version'])
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst();
  if (script === undefined) throw scriptGone(id);
  if (script.version !== baseVersion) {
    const reason = because('newer-version', { latest: script.version });
    throw new Problem('conflict', reason, {
      fields: [{ field: 'baseVersion', fault: reason }],
      extra: { latestVersion: script.version },
    });
  }
  const latest = await tx
    .selectFrom('script_version')
    .select(['version', 'content'])
    .where('script_id', '=', id)
    .where('version', '=', script.version)
    .executeTakeFirstOrThrow();
  if (latest.content === content) {
    const reason = because('no-change', { latest: latest.version });
    throw new Problem('conflict', reason, {
      fields: [{ field: 'content', fault: reason }],
      extra: { latestVersion: latest.version },
    });
  }
  const next = latest.version + 1;
  const bytes = Buffer.byteLength(content);
  const author = by.actor.name;
  await tx
    .insertInto('script_version')
    .values({ script_id: id, version: next, content, bytes, note, created_by: author })
    .execute();
  await tx
    .updateTable('script')
    .set({ latest_version: next, bytes, updated_by: author, updated_at: sql<Date>`ledger_now()` })
    .where('id', '=', id)
    .execute();
  const details = { version: next, ...markOf(content) };
  await record(tx, script, { changed: true, audit: { by, action: 'script.new-version', details } });
  return { version: next };
}

/** Changes name or description. A name that is taken: Problem `conflict`. */
export async function updateScript(
  tx: Tx,
  id: string,
  change: By & { name?: string | undefined; description?: string | undefined },
): Promise<void> {
  const { by, name, description } = change;
  const before = await tx
    .selectFrom('script')
    .select(['name', 'description'])
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst();
  if (before === undefined) throw scriptGone(id);
  if (name !== undefined) {
    const taken = await tx
      .selectFrom('script')
      .select('id')
      .where('name_key', '=', nameKey(name))
      .where('id', '<>', id)
      .executeTakeFirst();
    if (taken !== undefined) throw nameTaken('name', name);
  }
  const after = { name: name ?? before.name, description: description ?? before.description };
  await tx
    .updateTable('script')
    .set({ ...after, name_key: nameKey(after.name), updated_by: by.actor.name, updated_at: sql<Date>`ledger_now()` })
    .where('id', '=', id)
    .execute();
  const details = { before, after };
  await record(tx, { id, name: before.name }, { changed: true, audit: { by, action: 'script.update', details } });
}

/** Removes a script with all its versions. Tasks keep what they were given. */
export async function deleteScript(tx: Tx, id: string, { by }: By): Promise<void> {
  const gone = await tx
    .deleteFrom('script')
    .where('id', '=', id)
    .returning(['id', 'name', 'latest_version as versions'])
    .executeTakeFirst();
  if (gone === undefined) throw scriptGone(id);
  const details = { versions: gone.versions };
  await record(tx, gone, { changed: true, audit: { by, action: 'script.delete', details } });
}

function scriptGone(script: string): Problem {
  return new Problem('not-found', because('no-such-script', { script }));
}
