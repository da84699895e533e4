import { rerunFault } from './rerun-door.ts';
import type { Database, Tx } from '#db/database.ts';
import { carryOut, createOperation, getOperation, type Operation } from '#ledger/kernel/operations.ts';
import { moveChange } from '#ledger/changes/change-row.ts';
import type { OperationResult } from '#domain/tasks/ports.ts';
import { isEndedTask, stoppingActions, type TaskAction, type TaskState } from '#domain/tasks/task.ts';
import { operationFault } from '#domain/tasks/task-operation.ts';
import { because, type Reason } from '#domain/reasons.ts';
import { tallyHostRuns } from '#db/tasks/host-run-counts.ts';
import { killHostRunsInFlight, renewHostRuns, revokeWaitingHostRuns } from './host-run-moves.ts';
import { type LockedTask, lockTask } from './lock-task.ts';
import { record, type TaskTimelineKind } from './record.ts';
import { closeWindow } from './task-window.ts';

/** What a person asked of a task, and what became of it. */
export interface TaskOperation extends Operation {
  readonly action: TaskAction;
  readonly result: OperationResult | null;
}

/**
 * Writes down what an authenticated person asks; the workflow's Update carries the id of this row and nothing else. Where
 * it is to stop the task, no host is handed out from the commit on. The caller holds the task's lock.
 */
export async function createTaskOperation(
  tx: Tx,
  operation: { id: string; taskId: string; action: TaskAction; actor: { id: string; name: string } },
): Promise<void> {
  const { id, taskId, action, actor } = operation;
  await createOperation(tx, { id, noun: 'task', subjectId: taskId, action, actor });
  if (stoppingActions.has(action)) await closeWindow(tx, taskId);
}

/** One operation, or undefined. */
export async function getTaskOperation(db: Database, operationId: string): Promise<TaskOperation | undefined> {
  return (await getOperation(db, 'task', operationId)) as TaskOperation | undefined;
}

/**
 * Carries out a requested operation, once. From the commit of a pause or a kill on no host is handed out. Throws
 * `not-found` for an unknown task.
 */
export async function applyTaskOperation(
  db: Database,
  input: { taskId: string; operationId: string },
): Promise<OperationResult> {
  return carryOut(db, input.operationId, {
    lock: (tx) => lockTask(tx, input.taskId),
    find: getTaskOperation,
    apply: applyTo,
    answer: (_tx, task, result): OperationResult => ({ state: task.state, ...result }),
  });
}

async function applyTo(tx: Tx, task: LockedTask, operation: TaskOperation): Promise<OperationResult> {
  const fault = operationFault(operation.action, task.state);
  if (fault !== undefined) return refused(task, fault);
  if (operation.action === 'continue' || operation.action === 'retry-failed') {
    // Asked again here: policy or the ticket may have changed since the api looked.
    const closed = await rerunFault(tx, task.id);
    if (closed !== undefined) return refused(task, closed);
  }
  switch (operation.action) {
    case 'pause':
      return moved(tx, task, 'paused', 'paused', operation, {}, []);
    case 'continue':
      return moved(tx, task, 'running', 'continued', operation, {}, []);
    case 'kill': {
      const revoked = await revokeWaitingHostRuns(tx, task.id, 'revokedBeforeStart');
      const killing = await killHostRunsInFlight(tx, task.id);
      return moved(
        tx,
        task,
        'killing',
        'kill-requested',
        operation,
        { revoked, killing: killing.hosts },
        killing.gateways,
      );
    }
    case 'retry-failed': {
      const renewed = await renewHostRuns(tx, task.id);
      if (renewed.hosts === 0) return refused(task, because('nothing-to-retry'));
      const state = isEndedTask(task.state) ? 'running' : task.state;
      // A ticketed one is the ticket's, which has not ended yet.
      if (task.ticketId === null) await moveChange(tx, task.id, 'applying');
      return moved(tx, task, state, 'retry-requested', operation, { hosts: renewed.hosts }, renewed.gateways);
    }
  }
}

function refused(task: LockedTask, reason: Reason): OperationResult {
  return { applied: false, reason, state: task.state };
}

async function moved(
  tx: Tx,
  task: LockedTask,
  state: TaskState,
  kind: TaskTimelineKind,
  operation: TaskOperation,
  details: Record<string, unknown>,
  deliverTo: readonly string[],
): Promise<OperationResult> {
  const { counts } = await tallyHostRuns(tx, task.id);
  await tx
    .updateTable('task')
    .set({ state, counts: JSON.stringify(counts), ...(isEndedTask(state) ? {} : { ended_at: null }) })
    .where('id', '=', task.id)
    .execute();
  await record(tx, task, {
    story: [{ kind, actor: operation.actor.name, details }],
    listed: state,
    shown: { state, counts },
  });
  return { applied: true, state, deliverTo };
}
