import type { Context, MiddlewareHandler } from 'hono';
import type { RouteRule } from '#api/kernel/contract/rule.ts';
import type { Database } from '#db/database.ts';
import { scopeOf } from '#db/identity/callers.ts';
import { findNode, type NodeSummary } from '#db/tree/nodes.ts';
import { requireNode } from '#ledger/tree/require-node.ts';
import { forbidden, HiddenProblem, Problem } from '#domain/errors.ts';
import type { Action } from '#domain/names.ts';
import { can } from '#domain/identity/permissions.ts';
import { because } from '#domain/reasons.ts';
import type { ApiEnv, SignedIn } from './env.ts';
import { findVisible, type Subject, type Subjects } from './subject.ts';

/** Who is asking. Only for handlers behind a rule that asks for somebody. */
export function callerOf(c: Context<ApiEnv>): SignedIn {
  const caller = c.get('caller');
  if (caller === undefined) throw new Problem('unauthenticated', because('not-signed-in'));
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

/** The node in the path of a route whose rule says `path`. */
export function nodeOf(c: Context<ApiEnv>): NodeSummary {
  const node = c.get('node');
  if (node === undefined) throw new Error('the rule of this route resolves no node');
  return node;
}

/** What decides about the thing in the path of a route whose rule names this subject. */
export function accessOf<Access>(c: Context<ApiEnv>, subject: Subject<Access>): Access {
  const found = c.get('found');
  if (found?.subject !== subject) throw new Error('the rule of this route is about something else');
  return found.access as Access;
}

/** Lets a request pass where the rule of its route says so. */
export function guard(
  rule: RouteRule,
  db: Database,
  options: { subjects: Subjects; evenBeforePasswordChange: boolean },
): MiddlewareHandler<ApiEnv> {
  return async (c, next) => {
    if (rule === 'anonymous') return next();
    const caller = callerOf(c);
    if (caller.mustChangePassword && caller.via === 'session' && !options.evenBeforePasswordChange) {
      throw new Problem('password-change-required', because('password-change-required'));
    }
    if (rule === 'signed-in') return next();
    c.set('action', rule.action);
    if (rule.subject !== undefined) {
      const subject = options.subjects[rule.subject];
      const access = await findVisible(db, subject, caller.actor, c.req.param('id') ?? '');
      if (access === undefined) throw new HiddenProblem(`no-such-${rule.subject}`);
      if (!subject.mayAct(caller.actor, rule.action, access)) throw forbidden(rule.action);
      c.set('found', { subject, access });
      return next();
    }
    switch (rule.node) {
      case undefined:
        requireEverywhere(c, rule.action);
        break;
      case 'path': {
        const node = await findNode(db, c.req.param('node') ?? '', scopeOf(caller, 'tree.view'));
        c.set('node', requireOnNode(c, rule.action, node));
        break;
      }
      case 'filtered':
        break;
      case 'body': {
        const scope = scopeOf(caller, rule.action);
        if (scope !== 'all' && scope.length === 0) throw forbidden(rule.action);
        await next();
        if (c.error === undefined && !c.get('decided'))
          throw new Error('the handler changed something without asking who may');
        return undefined;
      }
    }
    return next();
  };
}
