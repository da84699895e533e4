import type { FlowStep, PlacedPolicy, PolicyMode, PolicyVerdict } from './policy.ts';

/** A place where something that a change touches hangs: a node with the ids from the root to it, or none at all. */
export type Place = { readonly nodeId: string; readonly ids: readonly string[] } | 'unbound';

/** A verdict before its digest, with the policies that the digest is of. */
export interface Judgement {
  readonly mode: PolicyMode;
  readonly steps: readonly FlowStep[];
  readonly fourEyes: boolean;
  /** The policies that ask for approval, in the order of their steps. */
  readonly asking: readonly PlacedPolicy[];
  readonly decidedBy: PolicyVerdict['decidedBy'];
}

const strictness: Record<PolicyMode, number> = { direct: 0, ticket: 1, forbidden: 2 };

/**
 * What the policies of one kind say of a change that touches these places. At each place the nearest policy on the way
 * to the root holds, that of the whole tree last; over all places the strictest wins. Where several ask for approval,
 * the steps of each must be taken, those of the policy nearest to the root first. Without any policy: direct.
 */
export function judge(places: readonly Place[], policies: readonly PlacedPolicy[]): Judgement {
  const byNode = new Map(policies.map((policy) => [policy.nodeId, policy]));
  const concerned = new Map<PlacedPolicy, Set<string>>();
  for (const place of places) {
    const policy = nearest(place, byNode);
    if (policy === undefined) continue;
    const nodeIds = concerned.get(policy) ?? new Set();
    if (place !== 'unbound') nodeIds.add(place.nodeId);
    concerned.set(policy, nodeIds);
  }
  const deciding = [...concerned.keys()].sort(byPath);
  const mode = deciding.reduce<PolicyMode>(
    (strictest, policy) => (strictness[policy.mode] > strictness[strictest] ? policy.mode : strictest),
    'direct',
  );
  const asking = mode === 'ticket' ? deciding.filter((policy) => policy.mode === 'ticket') : [];
  return {
    mode,
    steps: asking.flatMap((policy) => stepsOf(policy, [...(concerned.get(policy) ?? [])])),
    fourEyes: asking.some((policy) => policy.fourEyes),
    asking,
    decidedBy: deciding
      .toSorted((a, b) => strictness[b.mode] - strictness[a.mode])
      .map((policy) => ({ node: policy.node, mode: policy.mode })),
  };
}

/** The policy that holds at a place. */
export function nearest(place: Place, byNode: ReadonlyMap<string | null, PlacedPolicy>): PlacedPolicy | undefined {
  const ids = place === 'unbound' ? [] : place.ids;
  for (const id of ids.toReversed()) {
    const policy = byNode.get(id);
    if (policy !== undefined) return policy;
  }
  return byNode.get(null);
}

function stepsOf(policy: PlacedPolicy, nodeIds: readonly string[]): FlowStep[] {
  const { escalateTo, timeoutMs, remindAfterMs, onTimeout, delegates } = policy;
  return policy.steps.map(({ approvers, need }) => ({
    approvers,
    need,
    escalateTo,
    timeoutMs,
    remindAfterMs,
    onTimeout,
    delegates,
    policyNode: policy.node,
    nodeIds,
  }));
}

/** The whole tree first, then by full name, parents before children. */
function byPath(a: PlacedPolicy, b: PlacedPolicy): number {
  const [one, other] = [a.node?.split('.') ?? [], b.node?.split('.') ?? []];
  for (let depth = 0; depth < Math.min(one.length, other.length); depth++) {
    const [left = '', right = ''] = [one[depth], other[depth]];
    if (left !== right) return left < right ? -1 : 1;
  }
  return one.length - other.length;
}
