import type { Context } from 'hono';
import * as contract from './tickets.contract.ts';
import type { ApiEnv } from '#api/kernel/http/env.ts';
import { callerOf } from '#api/kernel/http/guard.ts';
import type { Register } from '#api/kernel/http/register.ts';
import { writeOperation } from '#api/kernel/http/write-operation.ts';
import { taskProposalOf, type TaskInputOut } from '#api/tasks/propose-task.ts';
import { refusedByTicket } from './ticket-refusal.ts';
import type { Database, Tx } from '#db/database.ts';
import { readLedgerNow } from '#db/ledger-now.ts';
import { findUser } from '#db/identity/users.ts';
import { requestChange } from '#ledger/changes/request-change.ts';
import type { ResubmitDetails } from '#ledger/tickets/request-again.ts';
import { checkTicketOperation, type TicketAsk } from '#ledger/tickets/check-operation.ts';
import { nodesOfTicket } from '#db/tickets/ticket-read.ts';
import { lockTicketPosition } from '#ledger/tickets/lock-ticket.ts';
import { createTicketOperation, getTicketOperation, type TicketOperation } from '#ledger/tickets/ticket-operation.ts';
import type { ChangeKind } from '#domain/changes/change-kind.ts';
import { runWindowOf } from '#domain/changes/run-window.ts';
import { Problem } from '#domain/errors.ts';
import type { Caller } from '#domain/identity/caller.ts';
import type { TicketAction, TicketState } from '#domain/tickets/ticket.ts';
import { because } from '#domain/reasons.ts';
import { reasonFields } from '#api/kernel/http/told-reason.ts';
import type { RouteDeps } from '#api/kernel/deps.ts';

/** What somebody asks of a ticket, as it was sent. */
interface Asked {
  readonly action: TicketAction;
  readonly id: string;
  readonly key: string | undefined;
  readonly body: { readonly message: string };
  /** Looks up what the body names, under the ticket's lock. */
  readonly resolve?: (tx: Tx, kind: ChangeKind) => Promise<Resolved>;
}

interface Resolved {
  readonly ask: Partial<TicketAsk>;
  /** What the row of the operation holds. */
  readonly details?: Readonly<Record<string, unknown>>;
  /** What the audit says of it. */
  readonly audited?: Readonly<Record<string, unknown>>;
  /** Nodes that it concerns besides those of the ticket as it is. */
  readonly nodes?: readonly string[];
}

/** What people do to tickets. */
export function addTicketOperationRoutes(register: Register, deps: RouteDeps): void {
  const { db } = deps.database;

  register(contract.approveTicket, (c) => {
    const body = c.req.valid('json');
    const { contentHash, step } = body;
    const ask = { contentHash, step: step === undefined ? undefined : step - 1 };
    return operate(c, {
      action: 'approve',
      ...sent(c.req.valid('param'), c.req.valid('header')),
      body,
      resolve: () => Promise.resolve({ ask }),
    });
  });
  register(contract.rejectTicket, (c) => {
    const body = c.req.valid('json');
    const ask = { contentHash: body.contentHash };
    return operate(c, {
      action: 'reject',
      ...sent(c.req.valid('param'), c.req.valid('header')),
      body,
      resolve: () => Promise.resolve({ ask }),
    });
  });
  register(contract.withdrawTicket, (c) =>
    operate(c, { action: 'withdraw', ...sent(c.req.valid('param'), c.req.valid('header')), body: c.req.valid('json') }),
  );
  register(contract.commentTicket, (c) =>
    operate(c, { action: 'comment', ...sent(c.req.valid('param'), c.req.valid('header')), body: c.req.valid('json') }),
  );
  register(contract.transferTicket, (c) => {
    const body = c.req.valid('json');
    return operate(c, {
      action: 'transfer',
      ...sent(c.req.valid('param'), c.req.valid('header')),
      body,
      resolve: (tx) => named(tx, body.user),
    });
  });
  register(contract.addTicketApprover, (c) => {
    const body = c.req.valid('json');
    return operate(c, {
      action: 'add-approver',
      ...sent(c.req.valid('param'), c.req.valid('header')),
      body,
      resolve: (tx) => named(tx, body.user),
    });
  });
  register(contract.completeTicket, (c) => {
    const body = c.req.valid('json');
    const details = { outcome: body.outcome };
    const resolve = () => Promise.resolve({ ask: {}, details, audited: details });
    return operate(c, { action: 'complete', ...sent(c.req.valid('param'), c.req.valid('header')), body, resolve });
  });
  register(contract.resubmitTicket, (c) => {
    const body = c.req.valid('json');
    return operate(c, {
      action: 'resubmit',
      ...sent(c.req.valid('param'), c.req.valid('header')),
      body,
      resolve: (tx, kind) => resubmitted(tx, callerOf(c), kind, body.task),
    });
  });

  register(contract.getTicketOperation, async (c) => {
    const { id, operation: operationId } = c.req.valid('param');
    const operation = await getTicketOperation(db, operationId);
    if (operation === undefined || operation.subjectId !== id)
      throw new Problem('not-found', because('no-such-operation'));
    return c.json(viewOf(operation, await stateOf(db, id)), 200);
  });

  /**
   * Writes down who asks for what, for exactly the content that there is, then has the ticket's workflow carry it out.
   * What the ledger refuses is refused at once and changes nothing; where no worker answers in time, the operation stays
   * and is sent again.
   */
  async function operate(c: Context<ApiEnv>, asked: Asked) {
    const { id: ticketId, action, body, key } = asked;
    const { actor } = callerOf(c);
    c.set('action', `ticket.${action}`);
    const operationId = await writeOperation(c, db, {
      key,
      async write(tx, id) {
        const { state, kind } = await lockTicketPosition(tx, ticketId);
        const kinds = deps.kindsOn(tx);
        const check = (ask: Partial<TicketAsk>) =>
          checkTicketOperation(tx, kinds, { ticketId, action, actor: { id: actor.id, role: actor.role }, ...ask });
        if (action === 'resubmit') {
          // Before what it names is looked up: nobody else learns from that what there is.
          const { fault } = await check({});
          if (fault !== undefined) throw refusedByTicket(fault, state);
        }
        const {
          ask,
          details = {},
          audited = {},
          nodes: newNodes = [],
        } = (await asked.resolve?.(tx, kinds[kind])) ?? { ask: {} };
        const { fault, version, contentHash, step } = await check(ask);
        if (fault !== undefined) throw refusedByTicket(fault, state);
        const { message } = body;
        const by = { id: actor.id, name: actor.name };
        await createTicketOperation(tx, {
          id,
          ticketId,
          action,
          actor: by,
          version,
          contentHash,
          step,
          message,
          details,
        });
        return {
          action: `ticket.${action}`,
          target: ticketId,
          nodes: [...(await nodesOfTicket(tx, ticketId)), ...newNodes],
          details: {
            version,
            contentHash,
            ...audited,
            ...(step === undefined ? {} : { step: step + 1 }),
            ...(message === '' ? {} : { message }),
          },
        };
      },
      send: (id) => deps.durables.operate('ticket', { id: ticketId, operationId: id, action }),
    });
    const operation = await getTicketOperation(db, operationId);
    if (operation === undefined) throw new Problem('not-found', because('no-such-ticket'));
    const ticketState = await stateOf(db, ticketId);
    if (operation.state === 'refused') {
      throw refusedByTicket(operation.result?.reason ?? because('not-pending', { state: ticketState }), ticketState);
    }
    c.header('Location', `/api/v1/tickets/${ticketId}/operations/${operationId}`);
    return c.json(viewOf(operation, ticketState), operation.state === 'applied' ? 200 : 202);
  }

  /** The user that the body names. An unknown one has no id; the rule says so to those who may ask at all. */
  async function named(tx: Tx, name: string): Promise<Resolved> {
    const user = await findUser(tx, name);
    if (user === undefined) return { ask: {} };
    return { ask: { userId: user.id }, details: { userId: user.id }, audited: { user: user.name } };
  }
}

/** Looked up here, so that what cannot be had is refused at once; the ledger looks it up again when it carries it out. */
async function resubmitted(tx: Tx, caller: Caller, kind: ChangeKind, input: TaskInputOut): Promise<Resolved> {
  const payload = taskProposalOf(input);
  const { runAt, expiresAt } = runWindowOf(input, await readLedgerNow(tx));
  const { targets, nodes, audited } = await requestChange(kind, caller, payload);
  const details: ResubmitDetails = {
    payload,
    runAt: runAt?.toISOString() ?? null,
    expiresAt: expiresAt?.toISOString() ?? null,
  };
  const touches = kind.touches({ targets, nodeIds: nodes.map(({ id }) => id) });
  return { ask: { touches }, details: { ...details }, audited, nodes: nodes.map(({ fullName }) => fullName) };
}

function sent(
  { id }: { id: string },
  header: { 'idempotency-key'?: string | undefined },
): { id: string; key: string | undefined } {
  return { id, key: header['idempotency-key'] };
}

async function stateOf(db: Database, ticketId: string): Promise<TicketState> {
  const row = await db.selectFrom('ticket').select('state').where('id', '=', ticketId).executeTakeFirst();
  if (row === undefined) throw new Problem('not-found', because('no-such-ticket'));
  return row.state;
}

function viewOf(operation: TicketOperation, ticketState: TicketState) {
  const { id, subjectId: ticketId, action, state, result, createdAt, handledAt } = operation;
  return {
    id,
    ticketId,
    action,
    state,
    actor: operation.actor.name,
    ...reasonFields(result?.reason),
    ticketState,
    createdAt,
    handledAt,
  };
}
