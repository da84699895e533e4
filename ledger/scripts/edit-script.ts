import { sql } from 'kysely';
import { v7 as uuidv7 } from 'uuid';
import type { Tx } from '#db/database.ts';
import { emitEvent } from '#ledger/kernel/live-events.ts';
import { nameTaken, Problem } from '#domain/errors.ts';
import type { ScriptLanguage } from '#domain/scripts/script.ts';
import { because } from '#domain/reasons.ts';

/** Who writes, as it is kept with what they wrote. */
interface By {
  readonly by: string;
}

/** A new script with its version 1. A name that is taken: Problem `conflict`. */
export async function insertScript(
  tx: Tx,
  script: By & { name: string; language: ScriptLanguage; description: string; content: string; note: string },
): Promise<{ id: string }> {
  const { by, name, language, description, content, note } = script;
  const id = uuidv7();
  const bytes = Buffer.byteLength(content);
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto('script')
    .values({ id, name, language, description, bytes, created_by: by, updated_by: by })
    .onConflict((conflict) => conflict.expression(sql`lower(name)`).doNothing())
    .executeTakeFirst();
  if (numInsertedOrUpdatedRows === 0n) throw nameTaken('name', name);
  await tx
    .insertInto('script_version')
    .values({ script_id: id, version: 1, content, bytes, note, created_by: by })
    .execute();
  await emitEvent(tx, 'scripts', { id });
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
    .select('latest_version as version')
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst();
  if (script === undefined) throw scriptGone();
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
  await tx
    .insertInto('script_version')
    .values({ script_id: id, version: next, content, bytes, note, created_by: by })
    .execute();
  await tx
    .updateTable('script')
    .set({ latest_version: next, bytes, updated_by: by, updated_at: sql<Date>`now()` })
    .where('id', '=', id)
    .execute();
  await emitEvent(tx, 'scripts', { id });
  return { version: next };
}

/** Changes name or description. A name that is taken: Problem `conflict`. */
export async function updateScript(
  tx: Tx,
  id: string,
  change: By & { name?: string | undefined; description?: string | undefined },
): Promise<void> {
  const { by, name, description } = change;
  if (name !== undefined) {
    const taken = await tx
      .selectFrom('script')
      .select('id')
      .where(sql<boolean>`lower(name) = lower(${name})`)
      .where('id', '<>', id)
      .executeTakeFirst();
    if (taken !== undefined) throw nameTaken('name', name);
  }
  const { numUpdatedRows } = await tx
    .updateTable('script')
    .set({
      ...(name === undefined ? {} : { name }),
      ...(description === undefined ? {} : { description }),
      updated_by: by,
      updated_at: sql<Date>`now()`,
    })
    .where('id', '=', id)
    .executeTakeFirst();
  if (numUpdatedRows === 0n) throw scriptGone();
  await emitEvent(tx, 'scripts', { id });
}

/** Removes a script with all its versions. Tasks keep what they were given. */
export async function deleteScript(tx: Tx, id: string): Promise<void> {
  const { numDeletedRows } = await tx.deleteFrom('script').where('id', '=', id).executeTakeFirst();
  if (numDeletedRows === 0n) throw scriptGone();
  await emitEvent(tx, 'scripts', { id });
}

function scriptGone(): Problem {
  return new Problem('not-found', because('no-such-script'));
}
