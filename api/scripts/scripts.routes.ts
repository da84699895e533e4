import * as contract from './scripts.contract.ts';
import { auditOriginOf } from '#api/kernel/http/audit-request.ts';
import { cursorPart, pageFrom, readCursor } from '#api/kernel/http/cursor.ts';
import type { SignedIn } from '#api/kernel/http/env.ts';
import { callerOf } from '#api/kernel/http/guard.ts';
import type { Register } from '#api/kernel/http/register.ts';
import type { Database } from '#db/database.ts';
import { deleteScript, insertScript, insertScriptVersion, updateScript } from '#ledger/scripts/edit-script.ts';
import {
  findScript,
  findScriptVersion,
  listScripts,
  listScriptVersions,
  type ScriptSummary,
} from '#db/scripts/scripts.ts';
import { Problem } from '#domain/errors.ts';
import { can } from '#domain/identity/permissions.ts';
import { because } from '#domain/reasons.ts';
import { reasonFields } from '#api/kernel/http/told-reason.ts';
import type { RouteDeps } from '#api/kernel/deps.ts';
import { transact } from '#ledger/kernel/transact.ts';

/** The script library. The audit has the hash of each text, never the text. */
export function addScriptRoutes(register: Register, deps: RouteDeps): void {
  const { db } = deps.database;

  register(contract.listScripts, async (c) => {
    const { limit, cursor, q, language } = c.req.valid('query');
    const after = readCursor(cursor, [cursorPart.text])?.[0];
    const rows = await listScripts(db, { q, language, after, limit: limit + 1 });
    return c.json(
      pageFrom(
        rows,
        limit,
        (script) => [script.name],
        (script) => script,
      ),
      200,
    );
  });

  register(contract.createScript, async (c) => {
    const { name, language, description = '', content, note = '' } = c.req.valid('json');
    const made = await transact(db, async (tx) => {
      const { id } = await insertScript(tx, { by: auditOriginOf(c), name, language, description, content, note });
      return detail(tx, id, callerOf(c));
    });
    return c.json(made, 201);
  });

  register(contract.getScript, async (c) => c.json(await detail(db, c.req.valid('param').script, callerOf(c)), 200));

  register(contract.updateScript, async (c) => {
    const { name, description } = c.req.valid('json');
    const { script } = c.req.valid('param');
    const updated = await transact(db, async (tx) => {
      const { id } = await needScript(tx, script);
      await updateScript(tx, id, { by: auditOriginOf(c), name, description });
      return detail(tx, id, callerOf(c));
    });
    return c.json(updated, 200);
  });

  register(contract.deleteScript, async (c) => {
    const { script } = c.req.valid('param');
    await transact(db, async (tx) => {
      const { id } = await needScript(tx, script);
      await deleteScript(tx, id, { by: auditOriginOf(c) });
    });
    return c.json({ deleted: true }, 200);
  });

  register(contract.listScriptVersions, async (c) => {
    const { limit, cursor } = c.req.valid('query');
    const before = readCursor(cursor, [versionPart])?.[0];
    const { id } = await needScript(db, c.req.valid('param').script);
    const page = { before: before === undefined ? undefined : Number(before), limit: limit + 1 };
    return c.json(
      pageFrom(
        await listScriptVersions(db, id, page),
        limit,
        ({ version }) => [version],
        (version) => version,
      ),
      200,
    );
  });

  register(contract.getScriptVersion, async (c) => {
    const { script, version } = c.req.valid('param');
    const { id } = await needScript(db, script);
    const found = await findScriptVersion(db, id, version);
    if (found === undefined) {
      throw new Problem('not-found', because('no-such-version', { version }));
    }
    return c.json(found, 200);
  });

  register(contract.createScriptVersion, async (c) => {
    const { baseVersion, content, note = '' } = c.req.valid('json');
    const { script } = c.req.valid('param');
    const made = await transact(db, async (tx) => {
      const { id } = await needScript(tx, script);
      await insertScriptVersion(tx, id, { by: auditOriginOf(c), baseVersion, content, note });
      return detail(tx, id, callerOf(c));
    });
    return c.json(made, 201);
  });
}

/** Numbers of versions, as PostgreSQL counts them. */
const versionPart = /^\d{1,9}$/;

async function needScript(db: Database, idOrName: string): Promise<ScriptSummary> {
  const script = await findScript(db, idOrName);
  if (script === undefined) {
    throw new Problem('not-found', because('no-such-script', { script: idOrName }));
  }
  return script;
}

async function detail(db: Database, idOrName: string, caller: SignedIn) {
  const script = await needScript(db, idOrName);
  const latest = await findScriptVersion(db, script.id, script.version);
  // A version never changes; what may happen between the two reads is that the script goes.
  if (latest === undefined) throw new Problem('not-found', because('no-such-script', { script: idOrName }));
  const allowed = can(caller.actor, 'script.edit');
  const why = reasonFields(allowed ? undefined : because('no-permission', { right: 'script.edit' }));
  return {
    ...script,
    content: latest.content,
    note: latest.note,
    actions: contract.scriptActions.map((name) => ({ name, allowed, ...why })),
  };
}
