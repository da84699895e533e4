import { v7 as uuidv7 } from 'uuid';
import * as contract from '#api/contract/tasks.ts';
import { auditRequest } from '#api/http/audit-actor.ts';
import { callerOf, requireOnNode } from '#api/http/guard.ts';
import type { Register } from '#api/http/register.ts';
import { proposeChange } from '#api/propose-change.ts';
import { resolveNamedHosts, resolveNodeTarget } from '#api/tasks/resolve-hosts.ts';
import { defaultTitle, payloadOf } from '#api/tasks/task-input.ts';
import { withRetry } from '#db/retry.ts';
import { claimIdempotencyKey, storeAnswer } from '#db/idempotency/idempotency.repository.ts';
import { scopeOf } from '#db/identity/caller.repository.ts';
import { submitTask } from '#db/tasks/submit-task.repository.ts';
import { findNode } from '#db/tree/node.repository.ts';
import type { RouteDeps } from './deps.ts';

/** Submits tasks: one transaction holds the task, its hosts, the audit row and the answer to a repeat. */
export function addTaskSubmitRoute(register: Register, deps: RouteDeps): void {
  const { db } = deps.database;

  register(contract.submitTask, async (c) => {
    const input = c.req.valid('json');
    const caller = callerOf(c);
    const { actor } = caller;
    const payload = payloadOf(input);
    const title = input.title ?? defaultTitle(payload);
    const key = c.req.valid('header')['idempotency-key'];
    const request =
      key === undefined ? undefined : { actorId: actor.id, key, route: 'POST /api/v1/tasks', body: input };

    const answer = await withRetry(db, async (tx) => {
      const before = request === undefined ? undefined : await claimIdempotencyKey(tx, request);
      if (before !== undefined) {
        c.set('decided', true);
        return { fresh: false, status: before.status, body: before.response as contract.SubmittedTask };
      }
      const { node, hosts } = input.target;
      const target =
        node === undefined
          ? await resolveNamedHosts(tx, actor, hosts ?? [])
          : await resolveNodeTarget(
              tx,
              requireOnNode(c, 'task.run', await findNode(tx, node, scopeOf(caller, 'tree.view')), 'target.node'),
            );
      // resolveNamedHosts has decided host by host.
      c.set('decided', true);
      const nodeIds = target.nodes.map(({ id }) => id);
      const decision = await proposeChange(tx, {
        kind: 'task.run',
        title,
        proposer: actor,
        payload: { ...payload },
        nodeIds,
      });
      const id = uuidv7();
      const ticketId = decision.do === 'ticket' ? decision.ticketId : null;
      const counts = await submitTask(tx, {
        ...{ id, title, payload, strategy: input.strategy, hosts: target.hosts, nodes: target.nodes },
        requester: { id: actor.id, name: actor.name },
        ...(ticketId === null ? {} : { ticketId }),
      });
      const body: contract.SubmittedTask = { id, state: 'submitted', title, ticketId, counts: { ...counts } };
      const status = decision.do === 'direct' ? 201 : 202;
      if (request !== undefined) await storeAnswer(tx, request, { status, response: body });
      const details = {
        title,
        hosts: counts.total,
        payload: { ...payload, env: Object.keys(payload.env) },
        strategy: input.strategy,
      };
      await auditRequest(tx, c, { action: 'task.run', target: id, node: target.nodes[0]?.fullName ?? '', details });
      return { fresh: true, status, body };
    });

    if (answer.fresh && answer.body.ticketId === null) deps.starter.start(answer.body.id);
    c.header('Location', `/api/v1/tasks/${answer.body.id}`);
    return c.json(answer.body, answer.status === 202 ? 202 : 201);
  });
}
