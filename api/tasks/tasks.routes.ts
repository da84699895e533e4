import * as contract from './tasks.contract.ts';
import { cursorPart, pageFrom, readCursor } from '#api/kernel/http/cursor.ts';
import type { SignedIn } from '#api/kernel/http/env.ts';
import { accessOf, callerOf, requireOnNode } from '#api/kernel/http/guard.ts';
import type { Register } from '#api/kernel/http/register.ts';
import { scopeOf } from '#db/identity/callers.ts';
import { findUser } from '#db/identity/users.ts';
import { type HostRunRow, listHostRuns, readHostOutput } from '#db/tasks/host-runs.ts';
import type { TaskAccess } from '#db/tasks/task-access.ts';
import { readTaskTimeline } from '#db/tasks/task-timeline.ts';
import { getTask, listTasks, type TaskDetails } from '#db/tasks/tasks.ts';
import { findNode } from '#db/tree/nodes.ts';
import { Problem } from '#domain/errors.ts';
import { taskWorkflowId } from '#domain/tasks/ports.ts';
import { operationFault } from '#domain/tasks/task-operation.ts';
import { taskActions } from '#domain/tasks/task.ts';
import { because } from '#domain/reasons.ts';
import { reasonOfResult } from '#domain/tasks/result-codes.ts';
import { tellReasons } from '#words/english.ts';
import { reasonFields } from '#api/kernel/http/told-reason.ts';
import type { RouteDeps } from '#api/kernel/deps.ts';
import { mayOnTask, taskSubject } from './tasks.subjects.ts';

/** Reading tasks. */
export function addTaskRoutes(register: Register, deps: RouteDeps): void {
  const { db } = deps.database;

  const spelled = async (user: string) => (await findUser(db, user))?.name ?? user;

  register(contract.listTasks, async (c) => {
    const { limit, cursor, state, requester, node, q } = c.req.valid('query');
    const caller = callerOf(c);
    const before = readCursor(cursor, [cursorPart.uuid])?.[0];
    const scope = scopeOf(caller, 'task.view');
    const filter = {
      ...(state === undefined ? {} : { states: [state] }),
      ...(requester === undefined
        ? {}
        : { requester: requester === 'me' ? caller.actor.name : await spelled(requester) }),
      ...(node === undefined ? {} : { nodeId: requireOnNode(c, 'task.view', await findNode(db, node)).id }),
      ...(q === undefined || q === '' ? {} : { search: q }),
      ...(scope === 'all' ? {} : { visibleTo: { userId: caller.actor.id, nodeIds: scope.map(lastId) } }),
    };
    const rows = await listTasks(db, filter, { ...(before === undefined ? {} : { before }), limit: limit + 1 });
    return c.json(
      pageFrom(
        rows,
        limit,
        (task) => [task.id],
        (task) => ({ ...task, nodes: [...task.nodes], counts: { ...task.counts } }),
      ),
      200,
    );
  });

  register(contract.getTask, async (c) => {
    const task = await getTask(db, c.req.valid('param').id);
    if (task === undefined) throw new Problem('not-found', because('no-such-task'));
    return c.json(viewOf(task, callerOf(c), accessOf(c, taskSubject)), 200);
  });

  register(contract.listTaskHosts, async (c) => {
    const { limit, cursor, group, state, q } = c.req.valid('query');
    const after = readCursor(cursor, [cursorPart.number])?.[0];
    const rows = await listHostRuns(
      db,
      c.req.valid('param').id,
      {
        ...(group === undefined ? {} : { groups: [group] }),
        ...(state === undefined ? {} : { states: [state] }),
        ...(q === undefined ? {} : { search: q }),
      },
      { ...(after === undefined ? {} : { after: Number(after) }), limit: limit + 1 },
    );
    return c.json(
      pageFrom(rows, limit, (run) => [run.ord], hostView),
      200,
    );
  });

  register(contract.getTaskOutput, async (c) => {
    const { host, stream, attempt } = c.req.valid('query');
    const taskId = c.req.valid('param').id;
    const key = { taskId, host, stream, ...(attempt === undefined ? {} : { attempt }) };
    const { hosts, output } = await readHostOutput(db, key);
    if (hosts > 1) throw Problem.field('host', because('ambiguous-host', { host, count: hosts }));
    if (output === undefined) throw new Problem('not-found', because('no-such-host', { host }));
    const { head, tail, totalBytes } = output;
    const kept = head.length + tail.length;
    const cut = totalBytes - kept;
    const mark = cut > 0 ? [Buffer.from(`\n[… ${cut} bytes were cut here …]\n`)] : [];
    return c.body(new Uint8Array(Buffer.concat([head, ...mark, tail])), 200, {
      'content-type': 'application/octet-stream',
      'x-total-bytes': String(totalBytes),
      'x-truncated': String(cut > 0),
      'content-disposition': 'attachment; filename="output"',
    });
  });

  register(contract.getTaskTimeline, async (c) => {
    const { limit, cursor } = c.req.valid('query');
    const after = readCursor(cursor, [cursorPart.number])?.[0];
    const rows = await readTaskTimeline(db, c.req.valid('param').id, {
      ...(after === undefined ? {} : { after }),
      limit: limit + 1,
    });
    return c.json(
      pageFrom(
        rows,
        limit,
        (entry) => [entry.id],
        (entry) => ({ ...entry, details: tellReasons(entry.details) }),
      ),
      200,
    );
  });
}

function lastId(idPath: string): string {
  return idPath.split('.').at(-1) ?? '';
}

function viewOf(task: TaskDetails, caller: SignedIn, access: TaskAccess) {
  const may = mayOnTask(caller.actor, 'task.run', access);
  const { nodes, requesterId: _, counts, payload, strategy, ...rest } = task;
  const failed = counts.failed + counts.timedOut + counts.killed + counts.lost + counts.revoked;
  return {
    ...rest,
    counts: { ...counts },
    nodes: [...nodes],
    payload: { ...payload, args: [...payload.args] },
    strategy: { ...strategy },
    workflowId: taskWorkflowId(task.id),
    actions: taskActions.map((name) => {
      const mayRetry = failed > 0 || task.state === 'awaiting-approval' || task.state === 'refused';
      const fault =
        name === 'retry-failed' && !mayRetry ? because('nothing-to-retry') : operationFault(name, task.state);
      const reason = may ? fault : because('no-permission', { right: 'task.run' });
      return { name, allowed: reason === undefined, ...reasonFields(reason) };
    }),
  };
}

/** A host with its end in words: the sentence of its code, then what the host and the script add. */
function hostView({ dispatchedAt: _, detail: hostDetail, ...run }: HostRunRow) {
  const why = reasonFields(run.code === null ? undefined : reasonOfResult(run.code));
  const exit = run.exitCode === null || run.exitCode === 0 ? '' : `exit code ${run.exitCode}`;
  const more = [exit, run.signal ?? '', hostDetail].filter((text) => text !== '').join(', ');
  const detail = [why.detail ?? '', more].filter((text) => text !== '').join(': ');
  return { ...run, ...why, detail: detail === '' ? null : detail, hostDetail };
}
