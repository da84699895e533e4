import type { Context } from 'hono';
import { v7 as uuidv7 } from 'uuid';
import type { SubmittedTask } from './tasks.contract.ts';
import { auditRequest } from '#api/kernel/http/audit-actor.ts';
import type { ApiEnv } from '#api/kernel/http/env.ts';
import { callerOf } from '#api/kernel/http/guard.ts';
import { proposeChange } from '#api/changes/propose-change.ts';
import type { RouteDeps } from '#api/kernel/deps.ts';
import type { Tx } from '#db/database.ts';
import { claimIdempotencyKey, storeAnswer } from '#ledger/kernel/idempotency.ts';
import { withRetry } from '#db/retry.ts';
import { submitTask } from '#ledger/tasks/submit-task.ts';
import { openTicket } from '#ledger/tickets/open-ticket.ts';
import type { TicketState } from '#domain/tickets/ticket.ts';
import { prepareTask, type TaskInputOut } from './prepare-task.ts';

/** The ticket of a task as it was opened. */
export interface OpenedTicket {
  readonly id: string;
  readonly state: TicketState;
  readonly contentHash: string;
}

/** What became of a submission: 201 on its way, 202 it has a ticket to wait for. */
export interface TaskSubmission {
  readonly status: 201 | 202;
  readonly task: SubmittedTask;
  readonly ticket: OpenedTicket | null;
}

/** What a repeat with the same Idempotency-Key is answered; answers of older releases have no `ticket`. */
type StoredSubmission = SubmittedTask & { readonly ticket?: OpenedTicket | null };

/**
 * Submits a task through the one door: one transaction holds the verdict of policy, the task with its hosts, its ticket
 * where there is one, the answer to a repeat, and the audit row. `route` is where it came in, like `POST /api/v1/tasks`.
 */
export async function submitTaskChange(
  c: Context<ApiEnv>,
  deps: Pick<RouteDeps, 'database' | 'durables'>,
  input: TaskInputOut,
  key: string | undefined,
  route: string,
): Promise<TaskSubmission> {
  const { actor } = callerOf(c);
  const request = key === undefined ? undefined : { actorId: actor.id, key, route, body: input };
  const { fresh, status, stored } = await withRetry(deps.database.db, async (tx) => {
    const before = request === undefined ? undefined : await claimIdempotencyKey(tx, request);
    if (before !== undefined) {
      c.set('decided', true);
      return { fresh: false, status: before.status, stored: before.response as unknown as StoredSubmission };
    }
    const { answer, audit } = await submit(c, tx, input);
    const answered = answer.ticket === null ? 201 : 202;
    if (request !== undefined) await storeAnswer(tx, request, { status: answered, response: { ...answer } });
    await auditRequest(tx, c, audit);
    return { fresh: true, status: answered, stored: answer };
  });
  const { ticket = null, ...task } = stored;
  if (fresh && ticket === null) deps.durables.start('task', task.id);
  if (fresh && ticket !== null) deps.durables.start('ticket', ticket.id);
  return { status: status === 202 ? 202 : 201, task, ticket };
}

async function submit(c: Context<ApiEnv>, tx: Tx, input: TaskInputOut) {
  const { actor } = callerOf(c);
  const { title, payload, strategy, target, machineIds, runAt, expiresAt } = await prepareTask(c, tx, input);
  const alwaysTicket = runAt !== undefined;
  const decision = await proposeChange(tx, { kind: 'task.run', machineIds, nodeIds: [], alwaysTicket });
  const id = uuidv7();
  const ticketId = decision.do === 'ticket' ? decision.ticketId : null;
  const requester = { id: actor.id, name: actor.name };
  const counts = await submitTask(tx, {
    ...{ id, title, payload, strategy, hosts: target.hosts, nodes: target.nodes, requester },
    ...(ticketId === null ? {} : { ticketId }),
  });
  const opened =
    decision.do === 'direct'
      ? null
      : await openTicket(tx, {
          ...{ id: decision.ticketId, kind: 'task.run' as const, title, requester, subjectId: id, nodes: target.nodes },
          ...{ flow: decision.flow, now: new Date() },
          ...(runAt === undefined ? {} : { runAt }),
          ...(expiresAt === undefined ? {} : { expiresAt }),
        });
  const ticket = opened === null || ticketId === null ? null : { id: ticketId, ...opened };
  const state = ticketId === null ? ('submitted' as const) : ('awaiting-approval' as const);
  const answer: StoredSubmission = { id, state, title, ticketId, counts: { ...counts }, ticket };
  const details = {
    ...{ title, hosts: counts.total, payload: { ...payload, env: Object.keys(payload.env) }, strategy },
    ...(ticket === null ? {} : { ticketId, contentHash: ticket.contentHash }),
  };
  return { answer, audit: { action: 'task.run', target: id, node: target.nodes[0]?.fullName ?? '', details } };
}
