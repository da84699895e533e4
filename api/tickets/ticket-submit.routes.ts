import * as contract from './tickets.contract.ts';
import { callerOf } from '#api/kernel/http/guard.ts';
import { originOf } from '#api/kernel/http/origin.ts';
import type { Register } from '#api/kernel/http/register.ts';
import { proposeTask } from '#api/tasks/propose-task.ts';
import type { RouteDeps } from '#api/kernel/deps.ts';

const scope = 'POST /api/v1/tickets';

/** Proposes changes of any kind: each goes through the same door as the route of its own noun. */
export function addTicketSubmitRoute(register: Register, deps: RouteDeps): void {
  register(contract.createTicket, async (c) => {
    const input = c.req.valid('json');
    const key = c.req.valid('header')['idempotency-key'];
    if (input.kind === 'task.run') {
      const { status, task, ticket } = await proposeTask(c, deps, input.task, key, scope);
      c.header('Location', ticket === null ? `/api/v1/tasks/${task.id}` : `/api/v1/tickets/${ticket.id}`);
      const { id = null, state = null, contentHash = null } = ticket ?? {};
      return c.json({ id, state, contentHash, taskId: task.id }, status);
    }
    const { kind, title, instructions, node, runAt, expiresAt } = input;
    const { fresh, answer } = await deps.propose(deps.database.db, {
      proposer: callerOf(c),
      origin: originOf(c),
      kind,
      payload: { title, instructions, node },
      runAt,
      expiresAt,
      key: key === undefined ? undefined : { value: key, scope, asked: c.get('sent') },
    });
    c.set('decided', true);
    const { ticket } = answer;
    if (ticket === null) throw new Error(`a change of kind ${kind} was let go without a ticket`);
    if (fresh) deps.durables.start('ticket', ticket.id);
    c.header('Location', `/api/v1/tickets/${ticket.id}`);
    return c.json({ ...ticket, taskId: null }, 202);
  });
}
