import { sql } from 'kysely';
import { rerunFault } from './rerun-door.ts';
import type { Database, Tx } from '#db/database.ts';
import { emitEvent } from '#ledger/kernel/live-events.ts';
import { withRetry } from '#db/retry.ts';
import { moveChange } from '#ledger/changes/change-row.ts';
import type { OperationResult } from '#domain/tasks/ports.ts';
import { isEndedTask, type TaskAction, type TaskState } from '#domain/tasks/task.ts';
import { type OperationFault, operationFault } from '#domain/tasks/task-operation.ts';
import { tallyHostRuns } from '#db/tasks/host-run-counts.ts';
import { killHostRunsInFlight, renewHostRuns, revokeWaitingHostRuns } from './host-run-moves.ts';
import { isUuid } from '#db/is-uuid.ts';
import { type LockedTask, lockTask } from './lock-task.ts';
import { appendTaskTimeline, type TaskTimelineKind } from './task-timeline.ts';

/** What a person asked of a task, and what became of it. Times are ISO 8601 in UTC. */
export interface TaskOperation {
  readonly id: string;
  readonly taskId: string;
  readonly action: TaskAction;
  readonly actor: { readonly id: string; readonly name: string };
  readonly state: 'requested' | 'applied' | 'refused';
  readonly result: OperationResult | null;
  readonly createdAt: string;
  readonly handledAt: string | null;
}

/** Writes down what an authenticated person asks; the workflow's Update carries the id of this row and nothing else. */
export async function createTaskOperation(
  tx: Tx,
  operation: { id: string; taskId: string; action: TaskAction; actor: { id: string; name: string } },
): Promise<void> {
  await tx
    .insertInto('task_operation')
    .values({
      id: operation.id,
      task_id: operation.taskId,
      action: operation.action,
      actor_id: operation.actor.id,
      actor_name: operation.actor.name,
      result: null,
    })
    .execute();
}

/** One operation, or undefined. */
export async function getTaskOperation(db: Database, operationId: string): Promise<TaskOperation | undefined> {
  if (!isUuid(operationId)) return undefined;
  const row = await db.selectFrom('task_operation').selectAll().where('id', '=', operationId).executeTakeFirst();
  if (row === undefined) return undefined;
  return {
    id: row.id,
    taskId: row.task_id,
    action: row.action,
    actor: { id: row.actor_id, name: row.actor_name },
    state: row.state,
    result: row.result,
    createdAt: row.created_at.toISOString(),
    handledAt: row.handled_at?.toISOString() ?? null,
  };
}

/** Operations that nobody has handled for longer than `olderThanMs`, oldest first. */
export async function findRequestedOperations(
  db: Database,
  olderThanMs: number,
  limit: number,
): Promise<{ id: string; taskId: string; action: TaskAction }[]> {
  return db
    .selectFrom('task_operation')
    .select(['id', 'task_id as taskId', 'action'])
    .where('state', '=', 'requested')
    .where('created_at', '<', sql<Date>`now() - make_interval(secs => ${olderThanMs / 1000})`)
    .orderBy('created_at')
    .limit(limit)
    .execute();
}

/**
 * Carries out a requested operation in one transaction under the lock of the task's row, once: a repeat answers what the
 * first did. From the commit of a pause or a kill on no host is handed out. Throws `not-found` for an unknown task.
 */
export async function applyTaskOperation(
  db: Database,
  input: { taskId: string; operationId: string },
): Promise<OperationResult> {
  return withRetry(db, async (tx) => {
    const task = await lockTask(tx, input.taskId);
    const operation = await getTaskOperation(tx, input.operationId);
    if (operation === undefined || operation.taskId !== task.id) {
      return { applied: false, reason: 'no-such-operation', detail: 'There is no such operation', state: task.state };
    }
    if (operation.result !== null) return operation.result;
    const result = await applyTo(tx, task, operation);
    await tx
      .updateTable('task_operation')
      .set((eb) => ({
        state: result.applied ? ('applied' as const) : ('refused' as const),
        result: JSON.stringify(result),
        // Not now(): the transaction may have waited for the lock while an advance handed out.
        handled_at: eb.fn<Date>('clock_timestamp'),
      }))
      .where('id', '=', operation.id)
      .execute();
    return result;
  });
}

async function applyTo(tx: Tx, task: LockedTask, operation: TaskOperation): Promise<OperationResult> {
  const fault = operationFault(operation.action, task.state);
  if (fault !== undefined) return refuse(task, fault);
  if (operation.action === 'continue' || operation.action === 'retry-failed') {
    // Asked again here: policy or the ticket may have changed since the api looked.
    const closed = await rerunFault(tx, task.id);
    if (closed !== undefined) return refuse(task, closed);
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
      if (renewed.hosts === 0)
        return refuse(task, { reason: 'nothing-to-retry', detail: 'No host failed that could run again' });
      const state = isEndedTask(task.state) ? 'running' : task.state;
      // A ticketed one is the ticket's, which has not ended yet.
      if (task.ticketId === null) await moveChange(tx, task.id, 'applying');
      return moved(tx, task, state, 'retry-requested', operation, { hosts: renewed.hosts }, renewed.gateways);
    }
  }
}

function refuse(task: LockedTask, fault: OperationFault): OperationResult {
  return { applied: false, ...fault, state: task.state };
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
  await appendTaskTimeline(tx, task.id, kind, { actor: operation.actor.name, details });
  await emitEvent(tx, 'tasks', { id: task.id, state });
  await emitEvent(tx, `task:${task.id}`, { id: task.id, state, counts });
  return { applied: true, state, deliverTo };
}
