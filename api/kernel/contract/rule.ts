import type { Action, SubjectName } from '#domain/names.ts';

/**
 * Who may call a route. Where a rule names an action, `node` or `subject` says on what it is decided:
 * neither: by the caller's role for the whole tree or platform alone;
 * `node: path`: the node in the path (`{node}`); one that the caller may not see is not found;
 * `node: body`: nodes that the body names; the handler asks before it changes anything;
 * `node: filtered`: everybody signed in may call it and gets what they may see;
 * `subject`: the thing in the path (`{id}`), by what its room says; one that the caller may not see is not found.
 */
export type RouteRule =
  | 'anonymous'
  | 'signed-in'
  | { readonly action: Action; readonly node?: 'path' | 'body' | 'filtered'; readonly subject?: never }
  | { readonly action: Action; readonly subject: SubjectName; readonly node?: never };

/** Name under which a route carries its rule; it shows in the OpenAPI document too. */
export const ruleKey = 'x-signalbox-rule';
