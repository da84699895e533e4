import {
  CancellationScope,
  getExternalWorkflowHandle,
  proxyActivities,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import { type DeliverActivities, gatewayTaskQueue, type TaskActivities } from '#domain/tasks/ports.ts';
import { ticketWorkflowId } from '#domain/tickets/ports.ts';
import { show } from '../kernel/display.ts';
import { nudgeSignal } from '../kernel/durable.messages.ts';
import { checkInput } from '../kernel/input.ts';
import { failOnceAnswered, loopContinues } from '../kernel/loop.ts';
import { Mutex } from '../kernel/mutex.ts';
import { answerUpdates } from '../kernel/operate.ts';
import { RecheckTimer } from '../kernel/recheck-timer.ts';
import { taskDetails } from './task.display.ts';
import { progressQuery, type TaskProgress, taskUpdates, type TaskWorkflowInput } from './task.messages.ts';
import { taskChecks, TaskState } from './task.state.ts';

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
  checkInput<TaskWorkflowInput>('task', workflowInfo().workflowId, input, taskChecks);
  const state = new TaskState(input);

  setHandler(nudgeSignal, () => state.signal());
  setHandler(progressQuery, () => state.progress);
  answerUpdates(taskUpdates, {
    state,
    mutex: new Mutex(),
    async apply(operationId) {
      const result = await applyTaskOperation({ taskId: state.taskId, operationId });
      for (const gatewayId of result.deliverTo ?? []) deliver(state.taskId, gatewayId);
      return result;
    },
  });

  return CancellationScope.nonCancellable(() => runToEnd(state));
}

async function runToEnd(state: TaskState): Promise<TaskProgress> {
  const recheck = new RecheckTimer(() => state.nudge());
  do {
    state.takeNudge();
    const result = await advanceTask({ taskId: state.taskId, step: state.nextStep }).catch(failOnceAnswered);
    state.take(result);
    show(taskDetails(result), { ...result, kind: 'task.run' });
    for (const gatewayId of result.deliverTo) deliver(state.taskId, gatewayId);
    recheck.within(result.recheckMs);
    if (result.ended && result.ticketId !== undefined) await tellTicket(result.ticketId);
  } while (await loopContinues(state));
  return state.progress;
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
