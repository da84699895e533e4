import { sql } from 'kysely';
import type { Tx } from '#db/database.ts';
import { Problem } from '#domain/errors.ts';
import { type Actor, can } from '#domain/identity/permissions.ts';
import { changeKindNames } from '#domain/names.ts';
import { because } from '#domain/reasons.ts';
import { judgeChange } from './judge-change.ts';

/**
 * Refuses an act by which something would leave the reach of a policy, or somebody come to be asked by it, unless no
 * policy but a direct one holds on these nodes or the actor may edit policies. The caller holds the tree's lock and has
 * seen that the actor may act on the nodes. A stopgap: such acts are to be changes themselves.
 */
export async function requireUnprotected(tx: Tx, actor: Actor, nodeIds: readonly string[]): Promise<void> {
  if (can(actor, 'policy.edit')) return;
  for (const kind of changeKindNames) {
    const { mode, decidedBy } = await judgeChange(tx, { kind, machineIds: [], nodeIds });
    if (mode === 'direct') continue;
    const node = decidedBy[0]?.node ?? undefined;
    throw new Problem(
      'forbidden',
      node === undefined ? because('protected-everywhere', { kind }) : because('protected-by-policy', { kind, node }),
    );
  }
}

/** The same for a node and everything below it. */
export async function requireUnprotectedSubtree(tx: Tx, actor: Actor, idPath: string): Promise<void> {
  const { rows } = await sql<{ id: string }>`select id from node where path <@ ${idPath}::ltree`.execute(tx);
  if (rows.length === 0) throw new Problem('not-found', because('no-such-node'));
  await requireUnprotected(
    tx,
    actor,
    rows.map(({ id }) => id),
  );
}
