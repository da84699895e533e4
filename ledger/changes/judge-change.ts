import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import type { Database } from '#db/database.ts';
import { fullNameSql } from '#db/tree/nodes.ts';
import { canonicalJson } from '#domain/audit/canonical-json.ts';
import { type ChangeKindName, changeKindNames } from '#domain/names.ts';
import { judge, nearest, type Place } from '#domain/changes/judge.ts';
import { type PlacedPolicy, type Policy, policySchema, type PolicyVerdict } from '#domain/changes/policy.ts';

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
