import type { PolicyView } from './policies.contract.ts';
import type { StoredPolicy } from '#ledger/changes/judge-change.ts';
import type { Database } from '#db/database.ts';
import { userNames } from '#db/identity/user-names.ts';
import type { ChangeKindName } from '#domain/names.ts';
import { type Approver, type Policy, policySchema } from '#domain/changes/policy.ts';

/** Policies as people see them on a node (null: the whole tree). Where none is set, changes are direct: version 0. */
export async function showPolicies(
  db: Database,
  node: string | null,
  policies: readonly { kind: ChangeKindName; policy: StoredPolicy | undefined }[],
): Promise<PolicyView[]> {
  const shown = policies.map(({ kind, policy }) => ({ kind, stored: policy, policy: policy ?? byDefault }));
  const show = await approverNames(
    db,
    shown.map(({ policy }) => policy),
  );
  return shown.map(({ kind, stored, policy }) => ({
    kind,
    node: stored?.node ?? null,
    inherited: node !== (stored?.node ?? null),
    mode: policy.mode,
    steps: policy.steps.map(({ approvers, need }) => ({ approvers: approvers.map(show), need })),
    fourEyes: policy.fourEyes,
    delegates: policy.delegates,
    remindAfterMs: policy.remindAfterMs,
    timeoutMs: policy.timeoutMs,
    onTimeout: policy.onTimeout,
    escalateTo: policy.escalateTo.map(show),
    version: stored?.version ?? 0,
    updatedBy: stored?.updatedBy ?? null,
    updatedAt: stored?.updatedAt ?? null,
  }));
}

const byDefault: Policy = policySchema.parse({ mode: 'direct' });

async function approverNames(db: Database, policies: readonly Policy[]) {
  const all = policies.flatMap(({ steps, escalateTo }) => [...steps.flatMap((step) => step.approvers), ...escalateTo]);
  const names = await userNames(
    db,
    all.flatMap((one) => (one.type === 'user' ? [one.userId] : [])),
  );
  return (one: Approver) => (one.type === 'user' ? { type: one.type, user: names.get(one.userId) ?? one.userId } : one);
}
