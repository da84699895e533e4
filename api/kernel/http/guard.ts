import type { Context, MiddlewareHandler } from 'hono';
import type { RouteRule } from '#api/kernel/contract/rule.ts';
import type { Database } from '#db/database.ts';
import { scopeOf } from '#db/identity/callers.ts';
import { findTaskAccess, type TaskAccess } from '#db/tasks/task-access.ts';
import { isUuid } from '#db/is-uuid.ts';
import { findTicketAccess, principalsOfActor, type TicketAccess } from '#db/tickets/ticket-access.ts';
import { findNode, type NodeSummary } from '#db/tree/nodes.ts';
import { requireNode } from '#ledger/tree/require-node.ts';
import { forbidden, HiddenProblem, Problem } from '#domain/errors.ts';
import type { Action } from '#domain/names.ts';
import { type Actor, can } from '#domain/identity/permissions.ts';
import type { ApiEnv, SignedIn } from './env.ts';

/** Who is asking. Only for handlers behind a rule that asks for somebody. */
export function callerOf(c: Context<ApiEnv>): SignedIn {
  const caller = c.get('caller');
  if (caller === undefined) throw new Problem('unauthenticated', 'Sign in with a password or a token');
  return caller;
}

/**
 * Refuses unless the caller may take the action on the node; a node that they may not see is not found. `field` is
 * where the body named it.
 */
export function requireOnNode(
  c: Context<ApiEnv>,
  action: Action,
  node: NodeSummary | undefined,
  field?: string,
): NodeSummary {
  c.set('decided', true);
  return requireNode(callerOf(c).actor, action, node, field);
}

/** Refuses unless the caller's role allows the action everywhere. */
export function requireEverywhere(c: Context<ApiEnv>, action: Action): void {
  c.set('decided', true);
  if (!can(callerOf(c).actor, action)) throw forbidden(action);
}

/** Whether somebody may see a task: on one of its nodes, as its requester, or by their role. */
export function mayViewTask(actor: Actor, task: TaskAccess): boolean {
  return (
    task.requesterId === actor.id ||
    can(actor, 'task.view') ||
    task.nodes.some((node) => can(actor, 'task.view', node.ids))
  );
}

/** Whether somebody may steer a task: on all of its nodes. */
export function mayOnTask(actor: Actor, action: Action, task: TaskAccess): boolean {
  return can(actor, action) || (task.nodes.length > 0 && task.nodes.every((node) => can(actor, action, node.ids)));
}

/**
 * Whether somebody may see a ticket: its requester, whoever its flow names or who has decided or was added, and by
 * `ticket.view` on one of its nodes or everywhere.
 */
export function mayViewTicket(actor: Actor, ticket: TicketAccess): boolean {
  return (
    ticket.requesterId === actor.id ||
    can(actor, 'ticket.view') ||
    ticket.nodes.some((node) => can(actor, 'ticket.view', node.ids)) ||
    ticket.userIds.includes(actor.id) ||
    principalsOfActor(actor).some((principal) => ticket.principals.includes(principal))
  );
}

/** The node in the path of a route whose rule says `path`. */
export function nodeOf(c: Context<ApiEnv>): NodeSummary {
  const node = c.get('node');
  if (node === undefined) throw new Error('the rule of this route resolves no node');
  return node;
}

/** Lets a request pass where the rule of its route says so. */
export function guard(
  rule: RouteRule,
  db: Database,
  options: { evenBeforePasswordChange: boolean },
): MiddlewareHandler<ApiEnv> {
  return async (c, next) => {
    if (rule === 'anonymous') return next();
    const caller = callerOf(c);
    if (caller.mustChangePassword && caller.via === 'session' && !options.evenBeforePasswordChange) {
      throw new Problem('password-change-required', 'Change the one-time password first');
    }
    if (rule === 'signed-in') return next();
    c.set('action', rule.action);
    switch (rule.node) {
      case undefined:
        requireEverywhere(c, rule.action);
        break;
      case 'path': {
        const node = await findNode(db, c.req.param('node') ?? '', scopeOf(caller, 'tree.view'));
        c.set('node', requireOnNode(c, rule.action, node));
        break;
      }
      case 'task': {
        const id = c.req.param('id') ?? '';
        const task = isUuid(id) ? await findTaskAccess(db, id) : undefined;
        if (task === undefined || !mayViewTask(caller.actor, task)) throw new HiddenProblem('task');
        if (rule.action !== 'task.view' && !mayOnTask(caller.actor, rule.action, task)) {
          throw forbidden(rule.action, ' on all nodes of this task');
        }
        c.set('task', task);
        break;
      }
      case 'ticket': {
        const id = c.req.param('id') ?? '';
        const ticket = isUuid(id) ? await findTicketAccess(db, id) : undefined;
        if (ticket === undefined || !mayViewTicket(caller.actor, ticket)) throw new HiddenProblem('ticket');
        break;
      }
      case 'filtered':
        break;
      case 'body': {
        const scope = scopeOf(caller, rule.action);
        if (scope !== 'all' && scope.length === 0) throw forbidden(rule.action, ' anywhere');
        await next();
        if (c.error === undefined && !c.get('decided'))
          throw new Error('the handler changed something without asking who may');
        return undefined;
      }
    }
    return next();
  };
}
