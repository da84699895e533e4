import * as contract from './secrets.contract.ts';
import { auditOriginOf } from '#api/kernel/http/audit-request.ts';
import { cursorPart, pageFrom, readCursor } from '#api/kernel/http/cursor.ts';
import { callerOf, requireEverywhere, requireOnNode } from '#api/kernel/http/guard.ts';
import type { Register } from '#api/kernel/http/register.ts';
import type { Database } from '#db/database.ts';
import { scopeOf } from '#db/identity/callers.ts';
import { getSecret, listSecrets, listSecretVersions, type SecretSummary } from '#db/secrets/secrets.ts';
import { readSnapshot } from '#db/snapshot.ts';
import { findNode } from '#db/tree/nodes.ts';
import { Problem } from '#domain/errors.ts';
import { because } from '#domain/reasons.ts';
import { transact } from '#ledger/kernel/transact.ts';
import {
  deleteSecret,
  deleteSecretVersion,
  insertSecret,
  rotateSecret,
  type Seal,
} from '#ledger/secrets/edit-secret.ts';
import { countByKey, leftToRewrap, rewrapBatch } from '#ledger/secrets/rewrap.ts';
import { openSecretBox, type SecretBox } from '#platform/secret-box.ts';
import type { RouteDeps } from '#api/kernel/deps.ts';

/** Secrets. A value comes in by two routes, is sealed before anything else, and goes out by none. */
export function addSecretRoutes(register: Register, deps: RouteDeps): void {
  const { db } = deps.database;
  const box = openSecretBox(deps.config);
  const seal: Seal = (value, context) => box.seal(value, context);

  register(contract.listSecrets, async (c) => {
    const { limit, cursor, q, name } = c.req.valid('query');
    const after = readCursor(cursor, [cursorPart.text])?.[0];
    const scope = scopeOf(callerOf(c), 'secret.view');
    const rows = await listSecrets(db, { scope, q, name, after, limit: limit + 1 });
    return c.json(
      pageFrom(
        rows,
        limit,
        (secret) => [secret.name],
        (secret) => secret,
      ),
      200,
    );
  });

  register(contract.createSecret, async (c) => {
    const { name, node: path, description = '', value } = c.req.valid('json');
    const scope = scopeOf(callerOf(c), 'tree.view');
    const node =
      path === undefined ? undefined : requireOnNode(c, 'secret.edit', await findNode(db, path, scope), 'node');
    if (node === undefined) requireEverywhere(c, 'secret.edit');
    const made = await transact(db, async (tx) => {
      const { id } = await insertSecret(tx, { by: auditOriginOf(c), name, node, description, value, seal });
      return needSecret(tx, id);
    });
    return c.json(made, 201);
  });

  register(contract.getSecret, async (c) => c.json(await needSecret(db, c.req.valid('param').id), 200));

  register(contract.deleteSecret, async (c) => {
    const { id } = c.req.valid('param');
    await transact(db, (tx) => deleteSecret(tx, id, { by: auditOriginOf(c) }));
    return c.json({ deleted: true as const }, 200);
  });

  register(contract.listSecretVersions, async (c) => {
    const { limit, cursor } = c.req.valid('query');
    const before = readCursor(cursor, [cursorPart.number])?.[0];
    const page = { before: before === undefined ? undefined : Number(before), limit: limit + 1 };
    return c.json(
      pageFrom(
        await listSecretVersions(db, c.req.valid('param').id, page),
        limit,
        (row) => [row.version],
        (row) => row,
      ),
      200,
    );
  });

  register(contract.rotateSecret, async (c) => {
    const { id } = c.req.valid('param');
    const { value } = c.req.valid('json');
    const rotated = await transact(db, async (tx) => {
      await rotateSecret(tx, id, { by: auditOriginOf(c), value, seal });
      return needSecret(tx, id);
    });
    return c.json(rotated, 201);
  });

  register(contract.deleteSecretVersion, async (c) => {
    const { id, version } = c.req.valid('param');
    await transact(db, (tx) => deleteSecretVersion(tx, id, version, { by: auditOriginOf(c) }));
    return c.json({ deleted: true as const }, 200);
  });

  register(contract.getSecretKey, async (c) => {
    const keyIds = await box.keyIds();
    const counts = await readSnapshot(db, (tx) => countByKey(tx, deps.sealedColumns));
    const ids = [...new Set([...keyIds, ...counts.keys()])];
    const keys = ids.map((id) => ({ id, inFile: keyIds.includes(id), values: counts.get(id) ?? 0 }));
    return c.json({ keyId: keyIds[0] ?? null, keys, ...leftToRewrap(counts, keyIds) }, 200);
  });

  register(contract.rewrapSecrets, async (c) => {
    const { limit } = c.req.valid('json');
    const keyIds = await box.keyIds();
    const [keyId] = keyIds;
    if (keyId === undefined) throw new Problem('not-in-this-state', because('no-secret-key'));
    const rewrap: SecretBox['rewrap'] = (sealed, context) => box.rewrap(sealed, context);
    const done = await transact(db, async (tx) => ({
      ...(await rewrapBatch(tx, deps.sealedColumns, { by: auditOriginOf(c), keyIds, limit, rewrap })),
      ...leftToRewrap(await countByKey(tx, deps.sealedColumns), keyIds),
    }));
    return c.json({ keyId, ...done }, 200);
  });
}

async function needSecret(db: Database, id: string): Promise<SecretSummary> {
  const secret = await getSecret(db, id);
  if (secret === undefined) throw new Problem('not-found', because('no-such-secret'));
  return secret;
}
