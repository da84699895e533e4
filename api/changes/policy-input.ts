import type { z } from '@hono/zod-openapi';
import type { approverInputSchema, policyInputSchema } from './policies.contract.ts';
import { fieldErrors } from '#api/kernel/http/validation.ts';
import type { Database } from '#db/database.ts';
import { userIdsByName } from '#db/identity/user-names.ts';
import { type Approver, type Policy, policySchema } from '#domain/changes/policy.ts';
import { type FieldError, Problem } from '#domain/errors.ts';
import { nameKey } from '#domain/name-rule.ts';
import { because } from '#domain/reasons.ts';

type ApproverInput = z.output<typeof approverInputSchema>;

/**
 * The policy that was sent, with users by id and defaults filled in. Refuses users that do not exist, times beyond the
 * limits, steps where nobody is asked, and an escalation to nobody; wrong fields are named as they were sent.
 */
export async function policyOf(db: Database, input: z.output<typeof policyInputSchema>): Promise<Policy> {
  const steps = input.steps ?? [];
  const escalateTo = input.escalateTo ?? [];
  const named = [...steps.flatMap((step) => step.approvers), ...escalateTo];
  const ids = await userIdsByName(
    db,
    named.flatMap((one) => (one.type === 'user' ? [one.user] : [])),
  );
  const faults: FieldError[] = [];
  const approvers = (list: readonly ApproverInput[], field: string): Approver[] =>
    list.flatMap((one, index): Approver[] => {
      if (one.type !== 'user') return [one];
      const userId = ids.get(nameKey(one.user));
      if (userId !== undefined) return [{ type: 'user', userId }];
      faults.push({ field: `${field}.${index}.user`, fault: because('unknown-user', { user: one.user }) });
      return [];
    });
  const resolved = steps.map(({ approvers: list, need }, index) => ({
    approvers: approvers(list, `steps.${index}.approvers`),
    need,
  }));
  const escalation = approvers(escalateTo, 'escalateTo');
  if (faults.length > 0) throw Problem.input(faults);

  if (input.mode !== 'ticket' && steps.length > 0) {
    throw Problem.field('steps', because('steps-need-a-ticket', { mode: input.mode }));
  }
  if (input.mode === 'ticket' && input.onTimeout === 'escalate' && escalation.length === 0) {
    throw Problem.field('escalateTo', because('escalates-to-nobody'));
  }
  const parsed = policySchema.safeParse({
    ...input,
    steps:
      input.mode === 'ticket' && steps.length === 0 ? [{ approvers: [{ type: 'owners' }], need: 'any' }] : resolved,
    escalateTo: escalation,
  });
  if (!parsed.success) throw Problem.input(fieldErrors(parsed.error.issues));
  return parsed.data;
}
