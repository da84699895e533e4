import type { TicketDetail } from '#web/nouns/tickets/client.ts';

type FlowStep = TicketDetail['flow'][number];

/** One step of an approval as people see it: how far it is, and who can bring it on. */
export interface StepView {
  readonly step: number;
  /** `undecided`: the ticket ended before anybody passed it. */
  readonly state: 'passed' | 'current' | 'waiting' | 'undecided';
  readonly need: FlowStep['need'];
  /** Approvals that it takes; at least one. */
  readonly needed: number;
  /** Approvals that count now. */
  readonly counted: number;
  readonly approvedBy: readonly string[];
  /** Who ended the ticket at this step. */
  readonly rejectedBy: string | undefined;
  /** Nobody decided in time and policy lets that pass. */
  readonly passedByTimeout: boolean;
  /** Whether everybody who can approve and has not has to. */
  readonly everybodyNeeded: boolean;
  /** Who can approve and has not. */
  readonly waitingFor: readonly string[];
  /** The server names 50 people at most: there may be others. */
  readonly waitingForMore: boolean;
  /** False: there are not enough people who could approve it. */
  readonly reachable: boolean;
  readonly policyNode: string | null;
  readonly timeoutMs: number;
  readonly onTimeout: FlowStep['onTimeout'];
}

const approversShown = 50;
const platformActor = 'system';

/** The steps of a ticket, each counted by the rule of the platform: one, that many, or all of those who can approve now. */
export function stepStrip(ticket: Pick<TicketDetail, 'flow' | 'endedAt' | 'decisions' | 'version'>): StepView[] {
  return ticket.flow.map((step) => {
    const rejection = ticket.decisions.find(
      (one) => one.verdict === 'reject' && one.step === step.step && one.version === ticket.version,
    );
    return { ...viewStep(step, ticket.endedAt !== null), rejectedBy: rejection?.actor };
  });
}

function viewStep(step: FlowStep, ended: boolean): Omit<StepView, 'rejectedBy'> {
  const { need, approvers, policyNode, timeoutMs, onTimeout } = step;
  const passedByTimeout = step.approvedBy.includes(platformActor);
  const approvedBy = [...new Set(step.approvedBy.filter((name) => name !== platformActor))];
  const open = step.state !== 'passed' && !ended;
  const counted = open ? approvedBy.filter((name) => approvers.includes(name)).length : approvedBy.length;
  const everybody = open ? approvers.length : approvedBy.length;
  const needed = need === 'any' ? 1 : need === 'all' ? Math.max(1, everybody) : need;
  const waitingFor = open ? approvers.filter((name) => !approvedBy.includes(name)) : [];
  return {
    step: step.step,
    state: step.state === 'passed' ? 'passed' : ended ? 'undecided' : step.state,
    need,
    needed,
    counted,
    approvedBy,
    passedByTimeout,
    everybodyNeeded: needed - counted >= waitingFor.length,
    waitingFor,
    waitingForMore: open && approvers.length >= approversShown,
    reachable: !open || approvers.length >= needed,
    policyNode,
    timeoutMs,
    onTimeout,
  };
}

/** Whether one more approval of the current step lets the change go. */
export function isLastApproval(steps: readonly StepView[]): boolean {
  const open = steps.filter(({ state }) => state === 'current' || state === 'waiting');
  const [current] = open;
  return open.length === 1 && current !== undefined && current.needed - current.counted <= 1;
}
