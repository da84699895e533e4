import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import {
  allHandlersFinished,
  ApplicationFailure,
  CancellationScope,
  ChildWorkflowCancellationType,
  condition,
  continueAsNew,
  ParentClosePolicy,
  proxyActivities,
  setCurrentDetails,
  setHandler,
  startChild,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import type { SubjectWorkflow } from '#domain/changes/change-kind.ts';
import type {
  TicketActivities,
  TicketOperationInput,
  TicketOperationResult,
  TicketStanding,
} from '#domain/tickets/ports.ts';
import { Mutex } from '../kernel/mutex.ts';
import { RecheckTimer } from '../kernel/recheck-timer.ts';
import { refuseWithoutId } from '../kernel/row-id.ts';
import { signalsPause } from '../kernel/signals-pause.ts';
import { rethrowTyped } from '../kernel/typed-failure.ts';
import { ticketAttributeChanges, ticketDetails } from './ticket.display.ts';
import { checkTicketInput } from './ticket.input.ts';
import {
  nudgeSignal,
  progressQuery,
  type TicketProgress,
  ticketUpdates,
  type TicketWorkflowInput,
} from './ticket.messages.ts';
import { TicketState } from './ticket.state.ts';

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
  checkTicketInput(input, workflowInfo().workflowId);
  const state = new TicketState(input);
  // One word with the ledger at a time, so that what was heard last is what holds.
  const mutex = new Mutex();

  const operate = ({ operationId }: TicketOperationInput): Promise<TicketOperationResult> =>
    CancellationScope.nonCancellable(() =>
      mutex.run(async () => {
        const known = state.answerOf(operationId);
        if (known !== undefined) return known;
        const result = await applyTicketOperation({ ticketId: state.ticketId, operationId }).catch(rethrowTyped);
        state.answered(operationId, result);
        return result;
      }),
    );
  const validator = (given: TicketOperationInput | undefined): void => {
    refuseWithoutId(given);
    if (state.ended && state.answerOf(given?.operationId ?? '') === undefined) {
      throw ApplicationFailure.nonRetryable('The ticket has ended', 'ticket-ended');
    }
  };

  setHandler(nudgeSignal, () => state.signal());
  setHandler(progressQuery, () => state.progress);
  for (const update of Object.values(ticketUpdates)) setHandler(update, operate, { validator });

  return CancellationScope.nonCancellable(() => runToEnd(state, mutex));
}

async function runToEnd(state: TicketState, mutex: Mutex): Promise<TicketProgress> {
  const recheck = new RecheckTimer(() => state.nudge());
  for (;;) {
    const standing = await mutex.run(() => goOn(state)).catch(failOnceAnswered);
    show(standing);
    if (standing.start !== undefined && state.startsNow(standing.start.workflowId)) await startSubject(standing.start);
    if (!standing.ended) recheck.within(Math.max(standing.recheckMs, leastRecheckMs));
    const longEnough = state.isLongEnough(workflowInfo().continueAsNewSuggested);
    if (state.finished || longEnough) {
      if (longEnough || state.stormy) await signalsPause(state);
      await condition(allHandlersFinished);
      if (state.finished) return state.progress;
      if (longEnough) await continueAsNew<typeof ticket>(state.handOn());
    }
    await condition(() => state.stirred);
  }
}

/** Where the ticket stands: looked up where something happened, else as an operation just left it; let go where approved. */
async function goOn(state: TicketState): Promise<TicketStanding> {
  const { ticketId } = state;
  const known = state.nudged ? undefined : state.standing;
  state.takeNudge();
  let standing = state.take(known ?? (await advanceTicket({ ticketId })));
  if (standing.state === 'approved') standing = state.take(await releaseTicket({ ticketId }));
  return standing;
}

/** A ticket that the ledger does not know fails the workflow, once everybody who asked has been told. */
async function failOnceAnswered(error: unknown): Promise<never> {
  await condition(allHandlersFinished);
  return rethrowTyped(error);
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

/** Makes the ticket readable and findable in Temporal. */
function show(standing: TicketStanding): void {
  setCurrentDetails(ticketDetails(standing));
  const changes = ticketAttributeChanges(standing, workflowInfo().typedSearchAttributes);
  if (changes.length > 0) upsertSearchAttributes(changes);
}
