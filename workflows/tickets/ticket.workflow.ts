import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import {
  ApplicationFailure,
  CancellationScope,
  ChildWorkflowCancellationType,
  ParentClosePolicy,
  proxyActivities,
  setHandler,
  startChild,
  workflowInfo,
} from '@temporalio/workflow';
import type { SubjectWorkflow } from '#domain/changes/change-kind.ts';
import type { TicketActivities, TicketStanding } from '#domain/tickets/ports.ts';
import { show } from '../kernel/display.ts';
import { nudgeSignal } from '../kernel/durable.messages.ts';
import { checkInput } from '../kernel/input.ts';
import { failOnceAnswered, loopContinues } from '../kernel/loop.ts';
import { Mutex } from '../kernel/mutex.ts';
import { answerUpdates } from '../kernel/operate.ts';
import { RecheckTimer } from '../kernel/recheck-timer.ts';
import { ticketDetails } from './ticket.display.ts';
import { progressQuery, type TicketProgress, ticketUpdates, type TicketWorkflowInput } from './ticket.messages.ts';
import { ticketChecks, TicketState } from './ticket.state.ts';

// All are tried until the ledger answers; a try that a dying worker took along is noticed after the time-out.
const retry = { initialInterval: '200 milliseconds', maximumInterval: '5 seconds' } as const;
const { advanceTicket, applyTicketOperation } = proxyActivities<TicketActivities>({
  startToCloseTimeout: '10 seconds',
  retry,
});
/** It reads all that would be carried out, tens of thousands of hosts at most. */
const { releaseTicket } = proxyActivities<TicketActivities>({ startToCloseTimeout: '30 seconds', retry });

/** Least pause before looking again: the ledger's clock and Temporal's are not the same. */
const leastRecheckMs = 100;

/**
 * One ticket from its opening to its end: look at the ledger, let go what is approved, wait for a decision, a nudge or the
 * timer. The ledger has all authority: this loop decides nothing, so nothing that reaches it can approve, apply or end what
 * the ledger does not. That is also why a cancellation from Temporal's side changes nothing.
 */
export async function ticket(input: TicketWorkflowInput): Promise<TicketProgress> {
  checkInput<TicketWorkflowInput>('ticket', workflowInfo().workflowId, input, ticketChecks);
  const state = new TicketState(input);
  // One word with the ledger at a time, so that what was heard last is what holds.
  const mutex = new Mutex();

  setHandler(nudgeSignal, () => state.signal());
  setHandler(progressQuery, () => state.progress);
  answerUpdates(ticketUpdates, {
    state,
    mutex,
    apply: (operationId) => applyTicketOperation({ ticketId: state.ticketId, operationId }),
    refuse() {
      if (state.ended) throw ApplicationFailure.nonRetryable('The ticket has ended', 'ticket-ended');
    },
  });

  return CancellationScope.nonCancellable(() => runToEnd(state, mutex));
}

async function runToEnd(state: TicketState, mutex: Mutex): Promise<TicketProgress> {
  const recheck = new RecheckTimer(() => state.nudge());
  do {
    const standing = await mutex.run(() => advance(state)).catch(failOnceAnswered);
    show(ticketDetails(standing), standing);
    if (standing.start !== undefined && state.startsNow(standing.start.workflowId)) await startSubject(standing.start);
    if (!standing.ended) recheck.within(Math.max(standing.recheckMs, leastRecheckMs));
  } while (await loopContinues(state));
  return state.progress;
}

/** Where the ticket stands: looked up where something happened, else as an operation just left it; let go where approved. */
async function advance(state: TicketState): Promise<TicketStanding> {
  const { ticketId } = state;
  const known = state.nudged ? undefined : state.standing;
  state.takeNudge();
  let standing = state.take(known ?? (await advanceTicket({ ticketId })));
  if (standing.state === 'approved') standing = state.take(await releaseTicket({ ticketId }));
  return standing;
}

/** Starts what carries the subject out, under its fixed id, to outlive this run. Whoever started it before did the same. */
async function startSubject({ workflowType, workflowId, input }: SubjectWorkflow): Promise<void> {
  try {
    await startChild(workflowType, {
      workflowId,
      args: [input],
      parentClosePolicy: ParentClosePolicy.ABANDON,
      cancellationType: ChildWorkflowCancellationType.ABANDON,
      workflowIdReusePolicy: 'REJECT_DUPLICATE',
    });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
}
