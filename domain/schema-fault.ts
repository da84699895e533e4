import { isReason, type Reason } from './reasons.ts';

/** What a schema says is wrong, as a reason: `z.string().refine(fits, faultBecause(because('byte-order-mark')))`. */
export function faultBecause(reason: Reason): { error: string; params: { reason: Reason } } {
  return { error: reason.code, params: { reason } };
}

/** The reason of an issue that a schema found, where it has one. */
export function reasonOfIssue(issue: { readonly params?: unknown }): Reason | undefined {
  const reason = (issue.params as { readonly reason?: unknown } | undefined)?.reason;
  return isReason(reason) ? reason : undefined;
}
