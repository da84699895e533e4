import { sql } from 'kysely';
import type { Tx } from '#db/database.ts';
import { emitEvent } from '#ledger/kernel/live-events.ts';
import type { ChangeKindName } from '#domain/names.ts';
import { type Policy } from '#domain/changes/policy.ts';
import { Problem } from '#domain/errors.ts';
import { because } from '#domain/reasons.ts';

/** Where a policy is set: on a node, or (null) for the whole tree. */
interface PolicyPlace {
  readonly kind: ChangeKindName;
  readonly nodeId: string | null;
}

const policyLock = 0x5b_90_11;

/** Sets a policy in place of the one that was there, which it returns. Edits of policies wait for one another. */
export async function setPolicy(
  tx: Tx,
  place: PolicyPlace,
  policy: Policy,
  updatedBy: string,
): Promise<{ before: Policy | undefined; version: number }> {
  const before = await lockPolicy(tx, place);
  const { rows } = await sql<{ version: number }>`
    insert into change_policy (kind, node_id, policy, updated_by)
    values (${place.kind}, ${place.nodeId}::bigint, ${JSON.stringify(policy)}::jsonb, ${updatedBy})
    on conflict (kind, node_id) do update set policy = excluded.policy, version = change_policy.version + 1,
      updated_by = excluded.updated_by, updated_at = ledger_now()
    returning version`.execute(tx);
  await emitEvent(tx, 'tree', { id: place.nodeId, change: 'policy', kind: place.kind });
  return { before, version: rows[0]?.version ?? 1 };
}

/** Removes the policy that is set at this very place, and returns it; undefined where none is. */
export async function removePolicy(tx: Tx, place: PolicyPlace): Promise<Policy | undefined> {
  const before = await lockPolicy(tx, place);
  if (before === undefined) return undefined;
  await sql`delete from change_policy where kind = ${place.kind} and node_id is not distinct from ${place.nodeId}::bigint`.execute(
    tx,
  );
  await emitEvent(tx, 'tree', { id: place.nodeId, change: 'policy', kind: place.kind });
  return before;
}

async function lockPolicy(tx: Tx, { kind, nodeId }: PolicyPlace): Promise<Policy | undefined> {
  await sql`select pg_advisory_xact_lock(${policyLock})`.execute(tx);
  if (nodeId !== null) {
    const { rows } = await sql`select 1 from node where id = ${nodeId}::bigint for key share`.execute(tx);
    if (rows.length === 0) throw new Problem('not-found', because('no-such-node'));
  }
  const { rows } = await sql<{ policy: Policy }>`
    select policy from change_policy where kind = ${kind} and node_id is not distinct from ${nodeId}::bigint`.execute(
    tx,
  );
  return rows[0]?.policy;
}
