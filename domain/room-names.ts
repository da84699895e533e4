import type { NodeRole, UserRole } from './identity/roles.ts';

/** Who may do something: by a role for the whole tree, or by one on a node (`scope: node`) for all below it. */
export interface ActionRule {
  readonly scope: 'node' | 'platform';
  readonly roles: readonly UserRole[];
  readonly nodeRoles: readonly NodeRole[];
}

/**
 * What a parameter of a reason is: `text` of people or hosts as it came, a number, a time (ISO 8601 in UTC), or `names`,
 * of which a few are told and the others counted.
 */
export type ReasonParam = 'text' | 'number' | 'time' | 'names';

/** Every word of one room that other rooms, or people, can meet. A room without one of the lists has none of these. */
export interface RoomNames {
  /** Kinds of change. */
  readonly kinds?: readonly string[];
  /** Rights, each with who has it. */
  readonly actions?: Readonly<Record<string, ActionRule>>;
  /** What the audit says was done, in dotted verbs; a proposal is under the name of its kind. */
  readonly audited?: readonly string[];
  /** Why something is refused, waits, or ended as it did: each code with its parameters. Their words: words/<noun>/. */
  readonly reasons?: Readonly<Record<string, Readonly<Record<string, ReasonParam>>>>;
  /** What people and webhooks are told of. */
  readonly announcements?: readonly string[];
  /** Things that a rule of the API can be about, by their id. */
  readonly subjects?: readonly string[];
  /** What announcements can be about, besides durables: a noun in the singular, whose id finds the thing. */
  readonly announced?: readonly string[];
  /** Ways by which announcements reach somebody. */
  readonly channels?: readonly string[];
  /** What live pages listen to; one that ends in a colon is followed by an id. */
  readonly topics?: readonly string[];
  /** What is carried out by a durable workflow; the workflow of `task` is `task/<id>`. */
  readonly durables?: readonly string[];
}
