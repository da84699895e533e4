import {
  allHandlersFinished,
  CancellationScope,
  condition,
  continueAsNew,
  getExternalWorkflowHandle,
  proxyActivities,
  setCurrentDetails,
  setHandler,
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
import { ticketWorkflowId } from '#domain/tickets/ports.ts';
import { Mutex } from '../kernel/mutex.ts';
import { RecheckTimer } from '../kernel/recheck-timer.ts';
import { refuseWithoutId } from '../kernel/row-id.ts';
import { signalsPause } from '../kernel/signals-pause.ts';
import { rethrowTyped } from '../kernel/typed-failure.ts';
import { taskAttributeChanges, taskDetails } from './task.display.ts';
import { checkTaskInput } from './task.input.ts';
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
    if (result.ended && result.ticketId !== undefined) await tellTicket(result.ticketId);
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
  const changes = taskAttributeChanges(result, workflowInfo().typedSearchAttributes);
  if (changes.length > 0) upsertSearchAttributes(changes);
}

/** Has the task's ticket look at its end now; it would look by itself sooner or later, so a failure is none. */
async function tellTicket(ticketId: string): Promise<void> {
  await getExternalWorkflowHandle(ticketWorkflowId(ticketId))
    .signal(nudgeSignal)
    .catch(() => undefined);
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
