import type { Context } from 'hono';
import { v7 as uuidv7 } from 'uuid';
import type { z } from '@hono/zod-openapi';
import * as contract from './tickets.contract.ts';
import { auditRequest } from '#api/kernel/http/audit-actor.ts';
import type { ApiEnv } from '#api/kernel/http/env.ts';
import { callerOf, requireOnNode } from '#api/kernel/http/guard.ts';
import type { Register } from '#api/kernel/http/register.ts';
import { proposeChange } from '#api/changes/propose-change.ts';
import { timesOf } from '#api/tasks/prepare-task.ts';
import { submitTaskChange } from '#api/tasks/submit-task-change.ts';
import { insertManualStep } from '#ledger/tickets/manual-step.ledger.ts';
import { claimIdempotencyKey, storeAnswer } from '#ledger/kernel/idempotency.ts';
import { scopeOf } from '#db/identity/callers.ts';
import { withRetry } from '#db/retry.ts';
import { openTicket } from '#ledger/tickets/open-ticket.ts';
import { findNode } from '#db/tree/nodes.ts';
import type { RouteDeps } from '#api/kernel/deps.ts';

const route = 'POST /api/v1/tickets';

type ManualStepInput = Extract<z.output<typeof contract.ticketInputSchema>, { kind: 'manual.step' }>;
type OpenedTicket = z.output<typeof contract.openedTicketSchema>;

/** Proposes changes of any kind: each goes through the same door as the route of its own noun. */
export function addTicketSubmitRoute(register: Register, deps: RouteDeps): void {
  register(contract.createTicket, async (c) => {
    const input = c.req.valid('json');
    const key = c.req.valid('header')['idempotency-key'];
    if (input.kind === 'manual.step') {
      const opened = await submitManualStep(c, input, key);
      c.header('Location', `/api/v1/tickets/${opened.id}`);
      return c.json(opened, 202);
    }
    const { status, task, ticket } = await submitTaskChange(c, deps, input.task, key, route);
    c.header('Location', ticket === null ? `/api/v1/tasks/${task.id}` : `/api/v1/tickets/${ticket.id}`);
    const { id = null, state = null, contentHash = null } = ticket ?? {};
    return c.json({ id, state, contentHash, taskId: task.id }, status);
  });

  /** A step for a person always has a ticket: that is where it is told how it ended. */
  async function submitManualStep(
    c: Context<ApiEnv>,
    input: ManualStepInput,
    key: string | undefined,
  ): Promise<OpenedTicket & { id: string }> {
    const caller = callerOf(c);
    const requester = { id: caller.actor.id, name: caller.actor.name };
    const { title, instructions } = input;
    const request = key === undefined ? undefined : { actorId: requester.id, key, route, body: input };
    const { fresh, opened } = await withRetry(deps.database.db, async (tx) => {
      const before = request === undefined ? undefined : await claimIdempotencyKey(tx, request);
      if (before !== undefined) {
        c.set('decided', true);
        return { fresh: false, opened: before.response as unknown as OpenedTicket & { id: string } };
      }
      const found = await findNode(tx, input.node, scopeOf(caller, 'tree.view'));
      const node = requireOnNode(c, 'task.run', found, 'node');
      const now = new Date();
      const { runAt, expiresAt } = timesOf(input, now);
      const decision = await proposeChange(tx, {
        ...{ kind: input.kind, machineIds: [], nodeIds: [node.id], alwaysTicket: true },
      });
      if (decision.do === 'direct') throw new Error('a manual step was let go without a ticket');
      const { ticketId, flow } = decision;
      const subjectId = uuidv7();
      await insertManualStep(tx, { id: subjectId, title, instructions });
      const { contentHash, state } = await openTicket(tx, {
        ...{ id: ticketId, kind: input.kind, title, requester, subjectId, flow, now },
        nodes: [{ id: node.id, fullName: node.path }],
        ...(runAt === undefined ? {} : { runAt }),
        ...(expiresAt === undefined ? {} : { expiresAt }),
      });
      const answer = { id: ticketId, state, contentHash, taskId: null };
      if (request !== undefined) await storeAnswer(tx, request, { status: 202, response: answer });
      const details = { title, instructions, ticketId, contentHash };
      await auditRequest(tx, c, { action: input.kind, target: subjectId, node: node.path, details });
      return { fresh: true, opened: answer };
    });
    if (fresh) deps.durables.start('ticket', opened.id);
    return opened;
  }
}
