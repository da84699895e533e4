import type { Action } from '#domain/names.ts';

/**
 * Who may call a route. Where a rule names an action, `node` says on what it is decided:
 * absent: by the caller's role for the whole tree or platform alone;
 * `path`: the node in the path (`{node}`); one that the caller may not see is not found;
 * `task`: the task in the path (`{id}`): the action on all of its nodes, sight of it on one;
 * `ticket`: the ticket in the path (`{id}`): whoever may see it (its requester, whoever can decide, or by a node of it);
 * `body`: nodes that the body names; the handler asks before it changes anything;
 * `filtered`: everybody signed in may call it and gets what they may see.
 */
export type RouteRule =
  | 'anonymous'
  | 'signed-in'
  | { readonly action: Action; readonly node?: 'path' | 'task' | 'ticket' | 'body' | 'filtered' };

/** Name under which a route carries its rule; it shows in the OpenAPI document too. */
export const ruleKey = 'x-signalbox-rule';
