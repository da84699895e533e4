import type { z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import type { taskInputSchema } from './tasks.contract.ts';
import type { ApiEnv } from '#api/kernel/http/env.ts';
import { callerOf, requireOnNode } from '#api/kernel/http/guard.ts';
import type { Database } from '#db/database.ts';
import { scopeOf } from '#db/identity/callers.ts';
import { findNode } from '#db/tree/nodes.ts';
import { Problem } from '#domain/errors.ts';
import type { TaskPayload, TaskStrategy } from '#domain/tasks/task.ts';
import { defaultRunWindowMs } from '#domain/tickets/ticket.ts';
import { type ResolvedTarget, resolveNamedHosts, resolveNodeTarget } from './resolve-hosts.ts';
import { defaultTitle, payloadOf } from './task-input.ts';

/** A task as it was sent, checked by the contract. */
export type TaskInputOut = z.output<typeof taskInputSchema>;

/** A task that may be proposed: what runs, where, and when. */
export interface PreparedTask {
  readonly title: string;
  readonly payload: TaskPayload;
  readonly strategy: TaskStrategy;
  readonly target: ResolvedTarget;
  /** Machines of the target. */
  readonly machineIds: readonly string[];
  readonly runAt: Date | undefined;
  /** Where there is a run time, there is an expiry. */
  readonly expiresAt: Date | undefined;
}

/**
 * What was asked for, with its hosts as they are now. Refuses what the caller may not run (host by host), hosts that
 * are not known and times that are past; changes nothing.
 */
export async function prepareTask(c: Context<ApiEnv>, db: Database, input: TaskInputOut): Promise<PreparedTask> {
  const caller = callerOf(c);
  const payload = payloadOf(input);
  const times = timesOf(input, new Date());
  const { node, hosts } = input.target;
  const target =
    node === undefined
      ? await resolveNamedHosts(db, caller.actor, hosts ?? [])
      : await resolveNodeTarget(
          db,
          requireOnNode(c, 'task.run', await findNode(db, node, scopeOf(caller, 'tree.view')), 'target.node'),
        );
  // resolveNamedHosts has decided host by host.
  c.set('decided', true);
  return {
    ...{ title: input.title ?? defaultTitle(payload), payload, strategy: input.strategy, target, ...times },
    machineIds: target.hosts.flatMap((host) => host.machineId ?? []),
  };
}

/** When something may run; with a run time and no expiry it is given an hour. */
export function timesOf(
  input: { runAt?: string | undefined; expiresAt?: string | undefined },
  now: Date,
): { runAt: Date | undefined; expiresAt: Date | undefined } {
  const runAt = input.runAt === undefined ? undefined : new Date(input.runAt);
  if (runAt !== undefined && runAt <= now) throw wrongTime('runAt', 'is in the past', 'run-time-in-the-past');
  if (input.expiresAt === undefined) {
    return { runAt, expiresAt: runAt === undefined ? undefined : new Date(runAt.getTime() + defaultRunWindowMs) };
  }
  const expiresAt = new Date(input.expiresAt);
  if (expiresAt <= (runAt ?? now)) {
    const message = runAt === undefined ? 'is in the past' : 'must be after runAt';
    throw wrongTime('expiresAt', message, 'expires-before-it-runs');
  }
  return { runAt, expiresAt };
}

function wrongTime(field: string, message: string, reason: string): Problem {
  return new Problem('invalid-input', `${field}: ${message}`, { reason, fields: [{ field, message }] });
}
