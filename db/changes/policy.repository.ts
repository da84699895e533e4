import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import type { Database, Tx } from '#db/database.ts';
import { emitEvent } from '#db/events/event.repository.ts';
import { fullNameSql } from '#db/tree/node.repository.ts';
import { canonicalJson } from '#domain/audit/canonical-json.ts';
import { type ChangeKindName, changeKindNames } from '#domain/changes/change-kind.ts';
import { judge, nearest, type Place } from '#domain/changes/judge.ts';
import { type PlacedPolicy, type Policy, policySchema, type PolicyVerdict } from '#domain/changes/policy.ts';
import { Problem } from '#domain/errors.ts';

/** A policy with its last editor. */
export interface StoredPolicy extends PlacedPolicy {
  readonly updatedBy: string;
  readonly updatedAt: string;
}

interface PolicyRow {
  kind: ChangeKindName;
  nodeId: string | null;
  node: string | null;
  policy: Policy;
  version: number;
  updatedBy: string;
  updatedAt: Date;
}

/** Policies of some kinds that are set on one of these nodes or for the whole tree. */
async function selectPolicies(
  db: Database,
  kinds: readonly ChangeKindName[],
  nodeIds: readonly string[],
): Promise<StoredPolicy[]> {
  const { rows } = await sql<PolicyRow>`
    select p.kind, p.node_id as "nodeId", case when n.id is not null then ${fullNameSql('n')} end as node, p.policy, p.version,
      p.updated_by as "updatedBy", p.updated_at as "updatedAt"
    from change_policy p left join node n on n.id = p.node_id
    where p.kind = any (${[...kinds]}::text[]) and (p.node_id is null or p.node_id = any (${[...nodeIds]}::bigint[]))`.execute(
    db,
  );
  // Parsed, so that a policy of an older release has the fields of this one.
  return rows.map(({ policy, updatedAt, ...row }) => ({
    ...policySchema.parse(policy),
    ...row,
    updatedAt: updatedAt.toISOString(),
  }));
}

/**
 * What policy says of a change of this kind to these machines and nodes: over every node that one of the machines is
 * bound to, however it was named. Two or three reads, whatever the number of machines; one where no policy is set.
 */
export async function judgeChange(
  db: Database,
  change: { kind: ChangeKindName; machineIds: readonly string[]; nodeIds: readonly string[] },
): Promise<PolicyVerdict> {
  const { rows } = await sql`select 1 from change_policy where kind = ${change.kind} limit 1`.execute(db);
  const places = rows.length === 0 ? [] : await listPlaces(db, change);
  const ids = new Set(places.flatMap((place) => (place === 'unbound' ? [] : place.ids)));
  const policies = rows.length === 0 ? [] : await selectPolicies(db, [change.kind], [...ids]);
  const { mode, steps, fourEyes, asking, decidedBy } = judge(places, policies);
  return { mode, flow: { steps, fourEyes, policyVersion: policyVersionOf(asking) }, decidedBy };
}

/** Nodes that are named or that a machine is bound to, each once; `unbound` where a machine (or nothing) is. */
async function listPlaces(
  db: Database,
  { machineIds, nodeIds }: { machineIds: readonly string[]; nodeIds: readonly string[] },
): Promise<Place[]> {
  const { rows } = await sql<{ nodeId: string; idPath: string }>`
    with machine_id as (select distinct id from unnest(${[...machineIds]}::uuid[]) as given (id)),
      bound as (select m.id, b.node_id from machine_id m left join node_machine b on b.machine_id = m.id)
    select n.id as "nodeId", ltree2text(n.path) as "idPath" from node n
    where n.id in (select node_id from bound) or n.id = any (${[...nodeIds]}::bigint[])
    union all select '0', '' where exists (select 1 from bound where node_id is null)`.execute(db);
  const places = rows.map(({ nodeId, idPath }): Place =>
    idPath === '' ? 'unbound' : { nodeId, ids: idPath.split('.') },
  );
  // What is nowhere in the tree still is under the policy of the whole tree.
  return places.length === 0 ? ['unbound'] : places;
}

/**
 * A digest of the policies that ask. Their content is in it beside place and version: one that was removed and set anew
 * begins at version 1 again.
 */
function policyVersionOf(asking: readonly PlacedPolicy[]): string {
  const list = asking.map(({ kind, nodeId, version, ...rest }) => {
    return canonicalJson([kind, nodeId, version, policySchema.parse(rest)]);
  });
  return createHash('sha256').update(list.sort().join('\n')).digest('hex').slice(0, 32);
}

/** The policy that holds on a node (its ids from the root; none: the whole tree), for each kind; undefined: none is set. */
export async function listEffectivePolicies(
  db: Database,
  ids: readonly string[],
): Promise<{ kind: ChangeKindName; policy: StoredPolicy | undefined }[]> {
  const policies = await selectPolicies(db, changeKindNames, ids);
  const place: Place = ids.length === 0 ? 'unbound' : { nodeId: ids.at(-1) ?? '', ids };
  return changeKindNames.map((kind) => {
    const byNode = new Map(policies.filter((policy) => policy.kind === kind).map((policy) => [policy.nodeId, policy]));
    return { kind, policy: nearest(place, byNode) as StoredPolicy | undefined };
  });
}

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
      updated_by = excluded.updated_by, updated_at = now()
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
    if (rows.length === 0) throw new Problem('not-found', 'The node is gone', { reason: 'no-such-node' });
  }
  const { rows } = await sql<{ policy: Policy }>`
    select policy from change_policy where kind = ${kind} and node_id is not distinct from ${nodeId}::bigint`.execute(
    tx,
  );
  return rows[0]?.policy;
}
