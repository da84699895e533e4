import { sql } from 'kysely';
import { v7 as uuidv7 } from 'uuid';
import type { Tx } from '#db/database.ts';
import { fullNames } from '#db/tree/nodes.ts';
import { nameTaken, Problem } from '#domain/errors.ts';
import { because } from '#domain/reasons.ts';
import { secretContext } from '#domain/secrets/secret.ts';
import type { AuditOrigin } from '#ledger/audit/audit.ts';
import type { SealedColumn } from '#ledger/kernel/sealed-column.ts';
import { record } from './record.ts';

/** How values are sealed; `context` is what a sealed one is bound to. */
export type Seal = (value: string, context: string) => Promise<string>;

/** Where the values of secrets lie. */
export const sealedSecretVersions: SealedColumn = {
  of: 'secret',
  table: 'secret_version',
  column: 'sealed',
  key: ['secret_id', 'version'],
  contextOf: ([id = '', version]) => secretContext(id, Number(version)),
};

interface By {
  readonly by: AuditOrigin;
}

/** A new secret with its version 1; without a node it belongs to the whole platform. A name that is taken: `conflict`. */
export async function insertSecret(
  tx: Tx,
  secret: By & {
    readonly name: string;
    readonly node: { readonly id: string; readonly path: string } | undefined;
    readonly description: string;
    readonly value: string;
    readonly seal: Seal;
  },
): Promise<{ id: string }> {
  const { by, name, node, description, value, seal } = secret;
  const id = uuidv7();
  const author = by.actor.name;
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto('secret')
    .values({ id, name, node_id: node?.id ?? null, description, created_by: author, rotated_by: author })
    .onConflict((conflict) => conflict.column('name').doNothing())
    .executeTakeFirst();
  if (numInsertedOrUpdatedRows === 0n) throw nameTaken('name', name);
  const sealed = await seal(value, secretContext(id, 1));
  await tx.insertInto('secret_version').values({ secret_id: id, version: 1, sealed, created_by: author }).execute();
  const nodes = node === undefined ? [] : [node.path];
  await record(tx, { id, name }, { audit: { by, action: 'secret.create', nodes, details: { version: 1 } } });
  return { id };
}

/** Adds a version with another value; older ones stay until they are deleted. */
export async function rotateSecret(
  tx: Tx,
  id: string,
  { by, value, seal }: By & { readonly value: string; readonly seal: Seal },
): Promise<{ version: number }> {
  const secret = await lockSecret(tx, id);
  const version = secret.latestVersion + 1;
  const sealed = await seal(value, secretContext(id, version));
  const author = by.actor.name;
  await tx.insertInto('secret_version').values({ secret_id: id, version, sealed, created_by: author }).execute();
  await tx
    .updateTable('secret')
    .set({ latest_version: version, rotated_by: author, rotated_at: sql<Date>`ledger_now()` })
    .where('id', '=', id)
    .execute();
  await record(tx, secret, { audit: { by, action: 'secret.rotate', nodes: secret.nodes, details: { version } } });
  return { version };
}

/** Destroys the value of one version for good; what still names it cannot run any more. The latest one stays. */
export async function deleteSecretVersion(tx: Tx, id: string, version: number, { by }: By): Promise<void> {
  const secret = await lockSecret(tx, id);
  if (version === secret.latestVersion) {
    throw new Problem('not-in-this-state', because('last-secret-version', { secret: secret.name }));
  }
  const { numUpdatedRows } = await tx
    .updateTable('secret_version')
    .set({ sealed: null, deleted_at: sql<Date>`ledger_now()` })
    .where('secret_id', '=', id)
    .where('version', '=', version)
    .where('sealed', 'is not', null)
    .executeTakeFirst();
  if (numUpdatedRows === 0n) {
    throw new Problem('not-found', because('no-such-secret-version', { secret: secret.name, version }));
  }
  await record(tx, secret, {
    audit: { by, action: 'secret.delete-version', nodes: secret.nodes, details: { version } },
  });
}

/** Removes a secret with all its versions. */
export async function deleteSecret(tx: Tx, id: string, { by }: By): Promise<void> {
  const secret = await lockSecret(tx, id);
  await tx.deleteFrom('secret').where('id', '=', id).execute();
  const details = { versions: secret.latestVersion };
  await record(tx, secret, { audit: { by, action: 'secret.delete', nodes: secret.nodes, details } });
}

interface LockedSecret {
  readonly id: string;
  readonly name: string;
  readonly latestVersion: number;
  /** Full name of its owner node, or none. */
  readonly nodes: readonly string[];
}

/** Held until the commit: numbers have no holes, and no two writers get one. */
async function lockSecret(tx: Tx, id: string): Promise<LockedSecret> {
  const secret = await tx
    .selectFrom('secret')
    .select(['id', 'name', 'latest_version', 'node_id'])
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst();
  if (secret === undefined) throw new Problem('not-found', because('no-such-secret'));
  const names = await fullNames(tx, secret.node_id === null ? [] : [secret.node_id]);
  return { id, name: secret.name, latestVersion: secret.latest_version, nodes: [...names.values()] };
}
