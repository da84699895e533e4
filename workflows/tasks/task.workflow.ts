import {
  ActivityFailure,
  allHandlersFinished,
  ApplicationFailure,
  CancellationScope,
  condition,
  continueAsNew,
  proxyActivities,
  setCurrentDetails,
  setHandler,
  sleep,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import {
  type AdvanceResult,
  type DeliverActivities,
  gatewayTaskQueue,
  type OperationResult,
  type TaskActivities,
  type TaskOperationInput,
} from '#domain/tasks/ports.ts';
import { Mutex } from '../mutex.ts';
import { searchAttributeChanges, taskDetails } from './task.display.ts';
import { checkTaskInput, isRowId } from './task.input.ts';
import {
  continueUpdate,
  killUpdate,
  nudgeSignal,
  pauseUpdate,
  progressQuery,
  retryFailedUpdate,
  type TaskProgress,
  type TaskWorkflowInput,
} from './task.messages.ts';
import { TaskState } from './task.state.ts';

// Both are tried until the ledger answers; a try that a dying worker took along is noticed after the time-out.
const { advanceTask, applyTaskOperation } = proxyActivities<TaskActivities>({
  startToCloseTimeout: '10 seconds',
  retry: { initialInterval: '200 milliseconds', maximumInterval: '5 seconds' },
});

/**
 * One task from its first hand-out to its end: advance the ledger, tell gateways, wait for a nudge, an Update or the timer.
 * The ledger has all authority: this loop decides nothing, so nothing that reaches it can run or end what was not approved.
 * That is also why a cancellation from Temporal's side changes nothing: only a kill in the ledger ends a task early.
 */
export async function task(input: TaskWorkflowInput): Promise<TaskProgress> {
  checkTaskInput(input, workflowInfo().workflowId);
  const state = new TaskState(input);
  const mutex = new Mutex();

  const operate = ({ operationId }: TaskOperationInput): Promise<OperationResult> =>
    CancellationScope.nonCancellable(() =>
      mutex.run(async () => {
        const known = state.answerOf(operationId);
        if (known !== undefined) return known;
        const result = await applyTaskOperation({ taskId: state.taskId, operationId }).catch(rethrowTyped);
        state.answered(operationId, result);
        for (const gatewayId of result.deliverTo ?? []) deliver(state.taskId, gatewayId);
        return result;
      }),
    );

  setHandler(nudgeSignal, () => state.signal());
  setHandler(progressQuery, () => state.progress);
  setHandler(pauseUpdate, operate, { validator: refuseWithoutId });
  setHandler(continueUpdate, operate, { validator: refuseWithoutId });
  setHandler(killUpdate, operate, { validator: refuseWithoutId });
  setHandler(retryFailedUpdate, operate, { validator: refuseWithoutId });

  return CancellationScope.nonCancellable(() => runToEnd(state));
}

async function runToEnd(state: TaskState): Promise<TaskProgress> {
  const recheck = new RecheckTimer(() => state.nudge());
  for (;;) {
    state.takeNudge();
    const result = await advance(state);
    state.take(result);
    show(result);
    for (const gatewayId of result.deliverTo) deliver(state.taskId, gatewayId);
    recheck.within(result.recheckMs);
    const longEnough = state.isLongEnough(workflowInfo().continueAsNewSuggested);
    if (state.finished || longEnough) {
      if (longEnough || state.stormy) await signalsPause(state);
      await condition(allHandlersFinished);
      // A handler that has just been answered (retry-failed) may have opened the task again.
      if (state.finished) return state.progress;
      if (longEnough) await continueAsNew<typeof task>(state.handOn());
    }
    await condition(() => state.nudged);
  }
}

/**
 * Waits for a moment without signals. The server refuses to close a run while a signal arrives, and the attempt is made
 * all over again with what came since then: in a storm of signals that grows until no worker gets through it.
 */
async function signalsPause(state: TaskState): Promise<void> {
  // Temporal's clock: the time of the workflow task, the same on replay.
  const patientUntil = Date.now() + 2_000;
  for (let before = -1; before !== state.signals && Date.now() < patientUntil;) {
    before = state.signals;
    await condition(() => state.signals !== before, '50 milliseconds');
  }
}

/** One advance. A task that the ledger does not know fails the workflow. */
async function advance(state: TaskState): Promise<AdvanceResult> {
  try {
    return await advanceTask({ taskId: state.taskId, step: state.nextStep });
  } catch (error) {
    await condition(allHandlersFinished);
    return rethrowTyped(error);
  }
}

/** Makes the task readable and findable in Temporal. */
function show(result: AdvanceResult): void {
  setCurrentDetails(taskDetails(result));
  const changes = searchAttributeChanges(result, workflowInfo().typedSearchAttributes);
  if (changes.length > 0) upsertSearchAttributes(changes);
}

/** Has a gateway send at once what it would send anyway sooner or later; nobody waits for it, and its failure is none. */
function deliver(taskId: string, gatewayId: string): void {
  const { deliverTask } = proxyActivities<DeliverActivities>({
    taskQueue: gatewayTaskQueue(gatewayId),
    scheduleToStartTimeout: '5 seconds',
    startToCloseTimeout: '15 seconds',
    retry: { maximumAttempts: 1 },
    summary: `Commands to ${gatewayId}`,
  });
  void deliverTask({ taskId }).catch(() => undefined);
}

function refuseWithoutId(input: TaskOperationInput | undefined): void {
  if (!isRowId(input?.operationId)) {
    throw ApplicationFailure.nonRetryable('operationId must be the id of an operation', 'invalid-input');
  }
}

/** Throws what an activity threw, with its type. */
function rethrowTyped(error: unknown): never {
  if (error instanceof ActivityFailure && error.cause instanceof ApplicationFailure) {
    const { type, message } = error.cause;
    throw ApplicationFailure.create({ type: type ?? 'internal', message, nonRetryable: true });
  }
  throw error;
}

/** Wakes the loop after a while. One timer at a time unless an earlier one is wanted: timers cost history. */
class RecheckTimer {
  readonly #wake: () => void;
  #dueAt = Infinity;

  constructor(wake: () => void) {
    this.#wake = wake;
  }

  within(ms: number): void {
    const dueAt = Date.now() + ms;
    if (this.#dueAt <= dueAt) return;
    this.#dueAt = dueAt;
    void sleep(ms, { summary: 'Look again' }).then(() => {
      if (this.#dueAt === dueAt) this.#dueAt = Infinity;
      this.#wake();
    });
  }
}
