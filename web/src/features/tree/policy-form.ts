import type { PolicyInput, PolicyView } from '#web/nouns/changes/policies-client.ts';

export type PolicyMode = PolicyView['mode'];
export type TimeoutAction = PolicyView['onTimeout'];
export type Approver = PolicyView['steps'][number]['approvers'][number];

/** A time as somebody writes it. */
export interface Span {
  readonly amount: number;
  readonly unit: SpanUnit;
}

export const spanUnits = ['minutes', 'hours', 'days'] as const;
export type SpanUnit = (typeof spanUnits)[number];

const unitMs: Readonly<Record<SpanUnit, number>> = { minutes: 60_000, hours: 3_600_000, days: 86_400_000 };

/** Milliseconds in the largest unit that fits without a rest; days from two on, so that a day reads `24 hours`. */
export function spanOf(ms: number): Span {
  if (ms % unitMs.days === 0 && ms >= 2 * unitMs.days) return { amount: ms / unitMs.days, unit: 'days' };
  if (ms % unitMs.hours === 0 && ms > 0) return { amount: ms / unitMs.hours, unit: 'hours' };
  return { amount: ms / unitMs.minutes, unit: 'minutes' };
}

export function spanMs(span: Span): number {
  return Math.round(span.amount * unitMs[span.unit]);
}

/** How many of a step's approvers it takes, as chosen in a form. */
export type NeedChoice = 'any' | 'all' | 'number';

export interface StepForm {
  approvers: Approver[];
  need: NeedChoice;
  /** With `need: number`. */
  needed: number;
}

/** A policy while somebody edits it. What a mode does not use is kept, so that a change of mode loses nothing. */
export interface PolicyForm {
  mode: PolicyMode;
  steps: StepForm[];
  fourEyes: boolean;
  /** Approvers may hand their part on to anybody. */
  delegateAnyone: boolean;
  remindAfter: Span;
  timeout: Span;
  onTimeout: TimeoutAction;
  escalateTo: Approver[];
}

/** The step that holds where a ticket is asked for and nothing is said of who decides. */
export function ownersStep(): StepForm {
  return { approvers: [{ type: 'owners' }], need: 'any', needed: 2 };
}

/** The form for a policy that holds now. */
export function formOf(policy: PolicyView): PolicyForm {
  const steps = policy.steps.map(({ approvers, need }) => ({
    approvers: [...approvers],
    need: typeof need === 'number' ? ('number' as const) : need,
    needed: typeof need === 'number' ? need : 2,
  }));
  return {
    mode: policy.mode,
    steps: steps.length === 0 ? [ownersStep()] : steps,
    fourEyes: policy.fourEyes,
    delegateAnyone: policy.delegates === 'anyone',
    remindAfter: spanOf(policy.remindAfterMs),
    timeout: spanOf(policy.timeoutMs),
    onTimeout: policy.onTimeout,
    escalateTo: [...policy.escalateTo],
  };
}

/** What to send. Only a policy that asks for tickets has steps and somebody to escalate to. */
export function inputOf(form: PolicyForm): PolicyInput {
  const asks = form.mode === 'ticket';
  return {
    mode: form.mode,
    ...(asks
      ? {
          steps: form.steps.map((step) => ({
            approvers: step.approvers,
            need: step.need === 'number' ? step.needed : step.need,
          })),
        }
      : {}),
    fourEyes: form.fourEyes,
    delegates: form.delegateAnyone ? 'anyone' : 'meant',
    remindAfterMs: spanMs(form.remindAfter),
    timeoutMs: spanMs(form.timeout),
    onTimeout: form.onTimeout,
    ...(asks && form.onTimeout === 'escalate' ? { escalateTo: form.escalateTo } : {}),
  };
}

/** What is missing before a form can be sent. */
export type FormFault = 'no-approvers' | 'nobody-to-escalate-to' | 'no-time';

/** The faults that can be told without asking the api. */
export function faultsOf(form: PolicyForm): FormFault[] {
  if (form.mode !== 'ticket') return [];
  const faults: FormFault[] = [];
  if (form.steps.some((step) => step.approvers.length === 0)) faults.push('no-approvers');
  if (form.onTimeout === 'escalate' && form.escalateTo.length === 0) faults.push('nobody-to-escalate-to');
  if (spanMs(form.remindAfter) < unitMs.minutes || spanMs(form.timeout) < unitMs.minutes) faults.push('no-time');
  return faults;
}

/** Whether two approvers are the same. */
export function sameApprover(a: Approver, b: Approver): boolean {
  return approverKey(a) === approverKey(b);
}

/** A word for an approver that no other has. */
export function approverKey(approver: Approver): string {
  switch (approver.type) {
    case 'user':
      return `user:${approver.user}`;
    case 'role':
      return `role:${approver.role}`;
    case 'owners':
      return 'owners';
  }
}
