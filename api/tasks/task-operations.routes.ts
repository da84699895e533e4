import type { Context } from 'hono';
import * as contract from './tasks.contract.ts';
import type { ApiEnv } from '#api/kernel/http/env.ts';
import { callerOf } from '#api/kernel/http/guard.ts';
import type { Register } from '#api/kernel/http/register.ts';
import { writeOperation } from '#api/kernel/http/write-operation.ts';
import type { Database, Tx } from '#db/database.ts';
import { rerunFault } from '#ledger/tasks/rerun-door.ts';
import { createTaskOperation, getTaskOperation, type TaskOperation } from '#ledger/tasks/task-operation.ts';
import { lockTask } from '#ledger/tasks/lock-task.ts';
import { Problem } from '#domain/errors.ts';
import { operationFault } from '#domain/tasks/task-operation.ts';
import type { TaskAction, TaskState } from '#domain/tasks/task.ts';
import { because, type Reason } from '#domain/reasons.ts';
import { reasonFields } from '#api/kernel/http/told-reason.ts';
import type { RouteDeps } from '#api/kernel/deps.ts';

/** What people do to tasks: pause, continue, kill, retry-failed. */
export function addTaskOperationRoutes(register: Register, deps: RouteDeps): void {
  const { db } = deps.database;

  register(contract.pauseTask, (c) =>
    operate(c, c.req.valid('param').id, 'pause', c.req.valid('header')['idempotency-key']),
  );
  register(contract.continueTask, (c) =>
    operate(c, c.req.valid('param').id, 'continue', c.req.valid('header')['idempotency-key']),
  );
  register(contract.killTask, (c) =>
    operate(c, c.req.valid('param').id, 'kill', c.req.valid('header')['idempotency-key']),
  );
  register(contract.retryFailedTask, (c) =>
    operate(c, c.req.valid('param').id, 'retry-failed', c.req.valid('header')['idempotency-key']),
  );

  register(contract.getTaskOperation, async (c) => {
    const { id, operation: operationId } = c.req.valid('param');
    const operation = await getTaskOperation(db, operationId);
    if (operation === undefined || operation.subjectId !== id)
      throw new Problem('not-found', because('no-such-operation'));
    return c.json(viewOf(operation, await stateOf(db, id)), 200);
  });

  /**
   * Writes down who asks for what, then has the task's workflow carry it out. What the ledger knows to be impossible is
   * refused at once, without a worker; where no worker answers in time, the operation stays and is sent again.
   */
  async function operate(c: Context<ApiEnv>, taskId: string, action: TaskAction, key: string | undefined) {
    const { actor } = callerOf(c);
    const operationId = await writeOperation(c, db, {
      key,
      async write(tx, id) {
        const { state, nodes } = await lockTask(tx, taskId);
        const fault = operationFault(action, state);
        if (fault !== undefined) throw refused(fault, state);
        if (handsOut.has(action)) await requireOpenDoor(tx, taskId, state);
        await createTaskOperation(tx, { id, taskId, action, actor: { id: actor.id, name: actor.name } });
        return { action: `task.${action}`, target: taskId, nodes };
      },
      send: (id) => deps.durables.operate('task', { id: taskId, operationId: id, action }),
    });
    const operation = await getTaskOperation(db, operationId);
    if (operation === undefined) throw new Problem('not-found', because('no-such-task'));
    const taskState = await stateOf(db, taskId);
    if (operation.state === 'refused') {
      throw refused(operation.result?.reason ?? because('task-ended', { state: taskState }), taskState);
    }
    c.header('Location', `/api/v1/tasks/${taskId}/operations/${operationId}`);
    return c.json(viewOf(operation, taskState), operation.state === 'applied' ? 200 : 202);
  }
}

/** Actions after which hosts are handed out: they go through the door that a submission goes through. */
const handsOut: ReadonlySet<TaskAction> = new Set(['continue', 'retry-failed']);

async function requireOpenDoor(tx: Tx, taskId: string, state: TaskState): Promise<void> {
  const fault = await rerunFault(tx, taskId);
  if (fault === undefined) return;
  if (fault.code === 'change-forbidden') throw new Problem('forbidden', fault);
  throw refused(fault, state);
}

function refused(reason: Reason, taskState: TaskState): Problem {
  return new Problem('not-in-this-state', reason, { extra: { taskState } });
}

async function stateOf(db: Database, taskId: string): Promise<TaskState> {
  const row = await db.selectFrom('task').select('state').where('id', '=', taskId).executeTakeFirst();
  if (row === undefined) throw new Problem('not-found', because('no-such-task'));
  return row.state;
}

function viewOf(operation: TaskOperation, taskState: TaskState) {
  const { id, subjectId: taskId, action, state, result, createdAt, handledAt } = operation;
  const why = reasonFields(result?.reason);
  return { id, taskId, action, state, actor: operation.actor.name, ...why, taskState, createdAt, handledAt };
}
