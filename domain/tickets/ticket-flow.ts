import type { Need } from '../changes/policy.ts';
import { because, type Reason, someOf } from '../reasons.ts';

/** One decision as the rule sees it. Steps count from 0. */
export interface FlowDecision {
  readonly step: number;
  readonly verdict: 'approve' | 'reject' | 'pass';
  readonly actorId: string;
  readonly version: number;
  readonly contentHash: string;
  readonly voided: boolean;
}

/** A step with the people who can approve it at this moment. */
export interface ResolvedStep {
  readonly need: Need;
  readonly approvers: readonly string[];
}

/** Where the approval of one version stands. `step` is the index of the current step, or the number of steps when all are passed. */
export interface FlowPosition {
  readonly steps: readonly ResolvedStep[];
  readonly step: number;
  readonly version: number;
  readonly contentHash: string;
  readonly decisions: readonly FlowDecision[];
}

/** How one step stands. */
export interface StepCount {
  readonly satisfied: boolean;
  /** Approvals that count: of people who are approvers now, each once. */
  readonly counted: readonly string[];
  /** How many it takes; at least one. */
  readonly needed: number;
  /** Approvers who have not decided; empty when the step is satisfied. */
  readonly waitingFor: readonly string[];
  /** False: there are not enough people who could approve. */
  readonly reachable: boolean;
}

/** Decisions that are for exactly this version and content, and were not declared void. */
export function validDecisions(
  position: Pick<FlowPosition, 'version' | 'contentHash' | 'decisions'>,
): readonly FlowDecision[] {
  return position.decisions.filter(
    (decision) =>
      !decision.voided && decision.version === position.version && decision.contentHash === position.contentHash,
  );
}

/** Counts one step, by the approvers as they are now: one, that many, or all of them (at least one). */
export function countStep(position: FlowPosition, index: number): StepCount {
  const step = position.steps[index];
  if (step === undefined) throw new RangeError(`There is no step ${index}`);
  const valid = validDecisions(position).filter((decision) => decision.step === index);
  const approvers = [...new Set(step.approvers)];
  const approvals = new Set(valid.flatMap((decision) => (decision.verdict === 'approve' ? [decision.actorId] : [])));
  const counted = approvers.filter((id) => approvals.has(id));
  const needed = step.need === 'any' ? 1 : step.need === 'all' ? Math.max(1, approvers.length) : step.need;
  const satisfied = valid.some((decision) => decision.verdict === 'pass') || counted.length >= needed;
  return {
    satisfied,
    counted,
    needed,
    waitingFor: satisfied ? [] : approvers.filter((id) => !approvals.has(id)),
    reachable: satisfied || approvers.length >= needed,
  };
}

interface Refused {
  readonly do: 'refuse';
  readonly reason: Reason;
}

/** What an approval means: it counts for the current step, is kept until its (later) step begins, or is refused. */
export type ApprovalMeaning = { readonly do: 'count' | 'keep'; readonly step: number } | Refused;

/**
 * What an approval by somebody means now. Without `asked` it is for the current step, or else for the first later one of
 * which they are an approver and have not decided.
 */
export function meaningOfApproval(position: FlowPosition, actorId: string, asked?: number): ApprovalMeaning {
  if (asked !== undefined && (position.steps[asked] === undefined || !Number.isInteger(asked))) {
    return refused(because('no-such-step', { step: asked + 1, steps: position.steps.length }));
  }
  const decided = (index: number) => hasDecided(position, actorId, index);
  const current = position.step;
  if (asked !== undefined) {
    if (decided(asked)) return alreadyDecided(asked);
    if (asked < current) return refused(because('step-passed', { step: asked + 1 }));
    if (!isApprover(position, actorId, asked)) return refused(because('not-an-approver'));
    return { do: asked === current ? 'count' : 'keep', step: asked };
  }
  const open = openSteps(position).filter((index) => isApprover(position, actorId, index));
  if (open[0] === current && decided(current)) return alreadyDecided(current);
  const step = open.find((index) => !decided(index));
  if (step !== undefined) return { do: step === current ? 'count' : 'keep', step };
  const before = position.steps.findIndex((_, index) => decided(index));
  return before === -1 ? refused(because('not-an-approver')) : alreadyDecided(before);
}

/** What a rejection means: it ends the ticket, on behalf of the step named, or is refused. */
export type RejectionMeaning = { readonly do: 'reject'; readonly step: number } | Refused;

/**
 * What a rejection by somebody means now: an approver of a step that is not passed may reject, once all are passed
 * (while the run time is awaited) an approver of any step, also after an approval of their own.
 */
export function meaningOfRejection(position: FlowPosition, actorId: string): RejectionMeaning {
  const allPassed = position.step >= position.steps.length;
  const candidates = (allPassed ? [...position.steps.keys()] : openSteps(position)).filter((index) =>
    isApprover(position, actorId, index),
  );
  const fresh = candidates.find((index) => !hasDecided(position, actorId, index));
  const step = fresh ?? (allPassed ? candidates[0] : undefined);
  if (step !== undefined) return { do: 'reject', step };
  return candidates[0] === undefined ? refused(because('not-an-approver')) : alreadyDecided(candidates[0]);
}

/** What the current step waits for. Names are those of the approvers' ids. */
export function waitsOfStep(position: FlowPosition, names: ReadonlyMap<string, string>): Reason {
  const step = position.steps[position.step];
  if (step === undefined) return because('all-steps-approved');
  const count = countStep(position, position.step);
  const progress = {
    step: position.step + 1,
    steps: position.steps.length,
    given: count.counted.length,
    needed: count.needed,
  };
  if (step.approvers.length === 0) return because('no-approvers', progress);
  const people = someOf(count.waitingFor.map((id) => names.get(id) ?? id));
  if (!count.reachable) return because('too-few-approvers', { ...progress, people });
  const isChoice = count.needed - count.counted.length < count.waitingFor.length;
  return isChoice
    ? because('approval-awaited-of-any', { ...progress, people })
    : because('approval-awaited', { ...progress, people });
}

function openSteps(position: FlowPosition): number[] {
  return [...position.steps.keys()].filter((index) => index >= position.step);
}

function isApprover(position: FlowPosition, actorId: string, index: number): boolean {
  return position.steps[index]?.approvers.includes(actorId) ?? false;
}

function hasDecided(position: FlowPosition, actorId: string, index: number): boolean {
  return validDecisions(position).some((decision) => decision.actorId === actorId && decision.step === index);
}

function refused(reason: Reason): Refused {
  return { do: 'refuse', reason };
}

function alreadyDecided(index: number): Refused {
  return refused(because('already-decided', { step: index + 1 }));
}
