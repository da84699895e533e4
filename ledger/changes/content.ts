import { createHash } from 'node:crypto';
import { canonicalJson } from '#domain/audit/canonical-json.ts';
import type { ChangeContent, ChangeKind, ChangePlan } from '#domain/changes/change-kind.ts';
import type { ApprovalFlow } from '#domain/changes/policy.ts';

/** SHA-256 (hex) of a value, the same for every order of names. */
export function digestOf(value: unknown): string {
  return createHash('sha256').update(canonicalJson(value)).digest('hex');
}

/** What an approval is bound to, made of what would be carried out as it stands now. */
export function contentOf(
  kind: Pick<ChangeKind, 'kind' | 'schemaVersion'>,
  plan: Pick<ChangePlan, 'payload' | 'targets' | 'baseVersion'>,
  runAt: Date | null,
): ChangeContent {
  return {
    kind: kind.kind,
    schemaVersion: kind.schemaVersion,
    payload: plan.payload,
    targets: plan.targets,
    baseVersion: plan.baseVersion,
    runAt: runAt?.toISOString() ?? null,
  };
}

/**
 * SHA-256 over the canonical JSON of the whole content (kind, meaning, payload, targets in their order with their identity,
 * what it was based on, run time) and of the approval that it takes. Secrets stand in the payload by id and version; the
 * empty list beside them keeps the hashes of tickets that were opened before there were any.
 */
export function contentHash(content: ChangeContent, flow: ApprovalFlow): string {
  return digestOf({ ...content, flow, secrets: [] });
}
