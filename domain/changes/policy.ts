import { z } from 'zod';
import { userRoles } from '../identity/roles.ts';
import type { ChangeKindName } from '../names.ts';

export const policyModes = ['direct', 'ticket', 'forbidden'] as const;
export type PolicyMode = (typeof policyModes)[number];

/** Who may approve: a user (by id), everyone with a role, or the owners (`ops-owner`) of the nodes concerned. */
export const approverSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('user'), userId: z.string().min(1).max(128) }),
  z.object({ type: z.literal('role'), role: z.enum(userRoles) }),
  z.object({ type: z.literal('owners') }),
]);
export type Approver = z.infer<typeof approverSchema>;

/** How many of a step's approvers it takes: one, all of them, or that many. */
export const needSchema = z.union([z.enum(['any', 'all']), z.int().min(1).max(50)]);
export type Need = z.infer<typeof needSchema>;

export const policyStepSchema = z.object({
  approvers: z.array(approverSchema).min(1, 'name somebody who can approve').max(50),
  need: needSchema.default('any'),
});

/** What happens when nobody decided in time: ask others too, refuse, or go on as if the step were approved. */
export const timeoutActions = ['escalate', 'refuse', 'pass'] as const;
export type TimeoutAction = (typeof timeoutActions)[number];

const minute = 60_000;
const day = 24 * 60 * minute;

/** Whom an approver may let approve too, or in their place: only those whom the step or its escalation means, or anybody. */
export const delegateRules = ['meant', 'anyone'] as const;
export type DelegateRule = (typeof delegateRules)[number];

/** A policy for one kind of change on one node and everything below it. Times are milliseconds. */
export const policySchema = z.object({
  mode: z.enum(policyModes),
  /** In order; only with mode `ticket`. */
  steps: z.array(policyStepSchema).max(10).default([]),
  /** The requester cannot approve. */
  fourEyes: z.boolean().default(true),
  delegates: z.enum(delegateRules).default('meant'),
  /** Remind those who are waited for, again and again. */
  remindAfterMs: z
    .int()
    .min(minute)
    .max(30 * day)
    .default(4 * 60 * minute),
  /** For each step. */
  timeoutMs: z
    .int()
    .min(minute)
    .max(90 * day)
    .default(3 * day),
  onTimeout: z.enum(timeoutActions).default('refuse'),
  /** Who may approve too once a step has timed out; with `onTimeout: escalate`. A second time-out refuses. */
  escalateTo: z.array(approverSchema).max(50).default([]),
});
export type Policy = z.infer<typeof policySchema>;

/** A policy as set on a node; `nodeId` null is the whole tree (the root). */
export interface PlacedPolicy extends Policy {
  readonly kind: ChangeKindName;
  readonly nodeId: string | null;
  /** Full name; null: the whole tree. */
  readonly node: string | null;
  /** Raised with every edit. */
  readonly version: number;
}

/** One step of the approval of one ticket: whose policy asks for it, and for which nodes. */
export interface FlowStep {
  readonly approvers: readonly Approver[];
  readonly need: Need;
  readonly escalateTo: readonly Approver[];
  readonly timeoutMs: number;
  readonly remindAfterMs: number;
  readonly onTimeout: TimeoutAction;
  readonly delegates: DelegateRule;
  /** Node that the policy is set on; null: the whole tree. */
  readonly policyNode: string | null;
  /** Ids of the nodes concerned; their owners are meant by `owners`. */
  readonly nodeIds: readonly string[];
}

/** What policy says of one change, kept on it. Without steps nobody is asked. */
export interface ApprovalFlow {
  readonly steps: readonly FlowStep[];
  readonly fourEyes: boolean;
  /** A digest of the policies that led here (their places and versions); another one at apply asks again. */
  readonly policyVersion: string;
}

/** The verdict over all nodes of all targets. */
export interface PolicyVerdict {
  readonly mode: PolicyMode;
  readonly flow: ApprovalFlow;
  /** The places that decided, strictest first: full names, null for the whole tree. */
  readonly decidedBy: readonly { readonly node: string | null; readonly mode: PolicyMode }[];
}
