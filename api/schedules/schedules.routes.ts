import type { z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import * as contract from './schedules.contract.ts';
import type { RouteDeps } from '#api/kernel/deps.ts';
import { auditOriginOf } from '#api/kernel/http/audit-request.ts';
import { cursorPart, pageFrom, readCursor } from '#api/kernel/http/cursor.ts';
import type { ApiEnv } from '#api/kernel/http/env.ts';
import { accessOf, callerOf, requireEverywhere, requireOnNode } from '#api/kernel/http/guard.ts';
import { originOf } from '#api/kernel/http/origin.ts';
import type { Register } from '#api/kernel/http/register.ts';
import { reasonFields } from '#api/kernel/http/told-reason.ts';
import { taskProposalOf } from '#api/tasks/propose-task.ts';
import { scopeOf } from '#db/identity/callers.ts';
import { readLedgerNow } from '#db/ledger-now.ts';
import { type FiringSummary, listFirings } from '#db/schedules/firings.ts';
import { getSchedule, listSchedules, type ScheduleSummary } from '#db/schedules/schedules.ts';
import { findNode } from '#db/tree/nodes.ts';
import { Problem } from '#domain/errors.ts';
import { can } from '#domain/identity/permissions.ts';
import { because } from '#domain/reasons.ts';
import { claimIdempotencyKey, storeAnswer } from '#ledger/kernel/idempotency.ts';
import { transact } from '#ledger/kernel/transact.ts';
import {
  continueSchedule,
  deleteSchedule,
  insertSchedule,
  pauseSchedule,
  type ScheduleContent,
  updateSchedule,
} from '#ledger/schedules/edit-schedule.ts';
import { firingTimes } from '#platform/firing-times.ts';
import { scheduleSubject } from './schedules.subjects.ts';

const nextShown = 10;

/** Schedules: what they run goes through the door each time; here they are kept, and fired by hand. */
export function addScheduleRoutes(register: Register, deps: RouteDeps): void {
  const { db } = deps.database;

  register(contract.listSchedules, async (c) => {
    const { limit, cursor, q, name } = c.req.valid('query');
    const caller = callerOf(c);
    const after = readCursor(cursor, [cursorPart.text])?.[0];
    const scope = scopeOf(caller, 'schedule.view');
    const rows = await listSchedules(db, { scope, ownerId: caller.actor.id, q, name, after, limit: limit + 1 });
    const now = await readLedgerNow(db);
    return c.json(
      pageFrom(
        rows,
        limit,
        (schedule) => [schedule.name],
        (schedule) => viewOf(schedule, now),
      ),
      200,
    );
  });

  register(contract.createSchedule, async (c) => {
    const content = await contentOf(c, c.req.valid('json'));
    const { id } = await transact(db, (tx) => insertSchedule(tx, content, byCaller(c)));
    c.header('Location', `/api/v1/schedules/${id}`);
    return c.json(await detailOf(c, id), 201);
  });

  register(contract.getSchedule, async (c) => c.json(await detailOf(c, c.req.valid('param').id), 200));

  register(contract.updateSchedule, async (c) => {
    const { id } = c.req.valid('param');
    const { version: seen, ...input } = c.req.valid('json');
    const content = await contentOf(c, input);
    await transact(db, (tx) => updateSchedule(tx, id, content, { ...byCaller(c), seen }));
    return c.json(await detailOf(c, id), 200);
  });

  register(contract.deleteSchedule, async (c) => {
    await transact(db, (tx) => deleteSchedule(tx, c.req.valid('param').id, byCaller(c)));
    return c.json({ deleted: true as const }, 200);
  });

  register(contract.pauseSchedule, async (c) => {
    const { id } = c.req.valid('param');
    await transact(db, (tx) => pauseSchedule(tx, id, byCaller(c)));
    return c.json(await detailOf(c, id), 200);
  });

  register(contract.continueSchedule, async (c) => {
    const { id } = c.req.valid('param');
    await transact(db, (tx) => continueSchedule(tx, id, byCaller(c)));
    return c.json(await detailOf(c, id), 200);
  });

  register(contract.runScheduleNow, async (c) => {
    const { id } = c.req.valid('param');
    const key = c.req.valid('header')['idempotency-key'];
    const caller = callerOf(c);
    const request =
      key === undefined
        ? undefined
        : { actorId: caller.actor.id, key, route: `POST ${c.req.path}`, body: c.get('sent') };
    const { dueAt, started } = await transact(db, async (tx) => {
      const before = request === undefined ? undefined : await claimIdempotencyKey(tx, request);
      if (before !== undefined) return { dueAt: String(before.response.dueAt), started: undefined };
      const by = { caller, origin: originOf(c), audit: auditOriginOf(c) };
      const fired = await deps.firing.runNow(tx, id, by);
      const at = fired.dueAt.toISOString();
      if (request !== undefined) await storeAnswer(tx, request, { status: 201, response: { dueAt: at } });
      return { dueAt: at, started: fired.started };
    });
    if (started !== undefined) deps.durables.start(started.noun, started.id);
    const [firing] = await listFirings(db, id, { at: dueAt, limit: 1 });
    if (firing === undefined) throw new Problem('not-found', because('no-such-schedule'));
    return c.json(firingView(firing), 201);
  });

  register(contract.listFirings, async (c) => {
    const { limit, cursor, state } = c.req.valid('query');
    const before = readCursor(cursor, [cursorPart.time])?.[0];
    const rows = await listFirings(db, c.req.valid('param').id, {
      states: state === undefined ? undefined : [state],
      before,
      limit: limit + 1,
    });
    return c.json(
      pageFrom(rows, limit, (firing) => [firing.dueAt], firingView),
      200,
    );
  });

  register(contract.listNextFirings, async (c) => {
    const schedule = await getSchedule(db, c.req.valid('param').id);
    if (schedule === undefined) throw new Problem('not-found', because('no-such-schedule'));
    return c.json({ next: nextOf(schedule, await readLedgerNow(db), c.req.valid('query').count) }, 200);
  });

  register(contract.listFiringTimes, async (c) => {
    const { cron, zone, count } = c.req.valid('query');
    return c.json({ next: nextOf({ cron, zone }, await readLedgerNow(db), count) }, 200);
  });

  async function detailOf(c: Context<ApiEnv>, id: string) {
    const schedule = await getSchedule(db, id);
    if (schedule === undefined) throw new Problem('not-found', because('no-such-schedule'));
    const now = await readLedgerNow(db);
    const { nodeIds } = (await scheduleSubject.find(db, id)) ?? accessOf(c, scheduleSubject);
    return {
      ...viewOf(schedule, now),
      next: nextOf(schedule, now, nextShown),
      mayEdit: can(callerOf(c).actor, 'schedule.edit', nodeIds),
    };
  }

  /** What was sent, as it is kept: refused where whoever sent it could not have it run now. */
  async function contentOf(
    c: Context<ApiEnv>,
    input: z.output<typeof contract.scheduleInputSchema>,
  ): Promise<ScheduleContent> {
    const { task, node: owner, ...rest } = input;
    const caller = callerOf(c);
    const path = owner ?? task.target.node;
    const found = path === undefined ? undefined : await findNode(db, path, scopeOf(caller, 'tree.view'));
    const field = owner === undefined ? 'task.target.node' : 'node';
    const node = path === undefined ? undefined : requireOnNode(c, 'schedule.edit', found, field);
    if (node === undefined) requireEverywhere(c, 'schedule.edit');
    const payload = await insideOfTask(async () => {
      const proposal = taskProposalOf(task);
      await deps.propose.preview(db, { proposer: caller, kind: 'task.run', payload: proposal });
      return proposal;
    });
    return { ...rest, node: node && { id: node.id, path: node.path }, kind: 'task.run', payload };
  }
}

function byCaller(c: Context<ApiEnv>) {
  const { id, name } = callerOf(c).actor;
  return { by: { ...auditOriginOf(c), actor: { id, name } } };
}

/** Names wrong fields as they were sent: the task is a part of the body. */
async function insideOfTask<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Problem) || error.fields.length === 0) throw error;
    const fields = error.fields.map(({ field, fault }) => ({ field: `task.${field}`, fault }));
    throw new Problem(error.type, error.reason, { fields, extra: error.extra });
  }
}

function viewOf<Schedule extends ScheduleSummary>(schedule: Schedule, now: Date) {
  return { ...schedule, nextAt: schedule.paused ? null : (nextOf(schedule, now, 1)[0] ?? null) };
}

function nextOf(timing: { readonly cron: string; readonly zone: string }, after: Date, count: number): string[] {
  return firingTimes(timing, { after, count }).map((at) => at.toISOString());
}

function firingView({ reason, ...firing }: FiringSummary) {
  return { ...firing, ...reasonFields(reason ?? undefined) };
}
