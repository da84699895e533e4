import type { z } from 'zod';
import type { Caller } from '../identity/caller.ts';
import type { ChangeKindName } from '../names.ts';
import type { Reason } from '../reasons.ts';

export const risks = ['low', 'medium', 'high'] as const;
export type Risk = (typeof risks)[number];

/** States of a change. A ticketed one is `proposed` until its ticket lets it go; `refused` will never be carried out. */
export const changeStates = ['proposed', 'applying', 'done', 'failed', 'refused'] as const;
export type ChangeState = (typeof changeStates)[number];

/** Where changes come from. */
export const changeOrigins = ['web', 'cli', 'api', 'schedule', 'pipeline', 'alert', 'card'] as const;
export type ChangeOrigin = (typeof changeOrigins)[number];

/** One thing that a change touches. `generation` is the identity that it has now: another one is another thing. */
export interface ChangeTarget {
  readonly id: string;
  readonly name: string;
  readonly generation: string;
}

/** A node of the tree, as changes name it. */
export interface NodeName {
  readonly id: string;
  readonly fullName: string;
}

/** Everything at which policy is asked: all nodes that the machines are bound to, and the nodes themselves. */
export interface Touches {
  readonly machineIds: readonly string[];
  readonly nodeIds: readonly string[];
}

/** One part of what would change, as text for people: `before` is empty where there is nothing yet. */
export interface DiffSection {
  readonly title: string;
  /** For highlighting: `shell`, `json`, `text`. */
  readonly language: string;
  readonly before: string;
  readonly after: string;
}

/** What a change would do, as it stands now. */
export interface ChangePlan {
  readonly title: string;
  /** As stored, not as parsed: this is hashed. */
  readonly payload: unknown;
  readonly targets: readonly ChangeTarget[];
  /** A digest of everything that was looked at while planning; another one at apply is drift. */
  readonly baseVersion: string;
  readonly risk: Risk;
  /** What is known of how the subject's rows differ from what there is now. */
  readonly drift?: Reason;
  /** Why it cannot be carried out any more, whoever would approve it anew. */
  readonly impossible?: Reason;
}

/** What was approved, to the letter: this is stored, shown and hashed. */
export interface ChangeContent {
  readonly kind: ChangeKindName;
  readonly schemaVersion: number;
  readonly payload: unknown;
  readonly targets: readonly ChangeTarget[];
  readonly baseVersion: string;
  /** ISO 8601 in UTC; null: as soon as it is approved. */
  readonly runAt: string | null;
}

/** How a change ended, and why so. */
export interface ChangeResult {
  readonly succeeded: boolean;
  readonly reason: Reason;
  readonly details?: Readonly<Record<string, unknown>>;
}

/** The workflow that carries a subject out, under a fixed id. Its input is ids only. */
export interface SubjectWorkflow {
  readonly workflowType: string;
  readonly workflowId: string;
  readonly input: Readonly<Record<string, string>>;
}

/** The row that is carried out (a task, a step for a person), as the door has it written down. */
export interface NewSubject {
  /** UUID version 7: lists go by id. */
  readonly id: string;
  readonly proposer: { readonly id: string; readonly name: string };
  /** It waits for this ticket; undefined: it is let go at once. */
  readonly ticketId: string | undefined;
}

/** A proposal that its proposer may make, with all that it names looked up. Nothing is written yet. */
export interface RequestedChange<Content = unknown> {
  readonly title: string;
  /** Nodes by which it is decided who may see and steer it. */
  readonly nodes: readonly NodeName[];
  readonly targets: readonly ChangeTarget[];
  /** What the proposer is told of it beside its ids: numbers and names. */
  readonly about: Readonly<Record<string, unknown>>;
  /** What the audit says of it; values of environments and secrets are left out. */
  readonly audited: Readonly<Record<string, unknown>>;
  /** What its subject is written down with. */
  readonly content: Content;
}

/** How a person says that something done by hand has ended. */
export interface Completion {
  readonly outcome: 'done' | 'failed';
  readonly note: string;
  readonly by: string;
  readonly now: Date;
}

/**
 * One kind of change. Its effects go through a port that its room provides on one transaction; all are idempotent by the
 * id of the subject.
 */
export interface ChangeKind<Proposal = unknown, Content = unknown> {
  readonly kind: ChangeKindName;
  /** Raised with every change of the payload's meaning; part of the hash. */
  readonly schemaVersion: number;
  /** What may be proposed. */
  readonly schema: z.ZodType<Proposal>;
  /** It has a ticket even where policy asks nobody: that is where it is told how it ended. */
  readonly needsTicket: boolean;
  /** Refuses what the proposer may not ask for, by their rights as they are now, and what does not exist. Changes nothing. */
  requires(proposer: Caller, proposal: Proposal): Promise<RequestedChange<Content>>;
  /** Writes the subject down. */
  write(subject: NewSubject, content: Content): Promise<void>;
  /** Where policy is asked for a change of these targets, proposed on these nodes. */
  touches(of: { readonly targets: readonly ChangeTarget[]; readonly nodeIds: readonly string[] }): Touches;
  /** What the subject would do, read from the very rows that would be carried out. Throws `not-found` without a subject. */
  plan(subjectId: string): Promise<ChangePlan>;
  /** From one version (or nothing) to the next. */
  diff(before: ChangeContent | undefined, after: ChangeContent): readonly DiffSection[];
  /** What is different from what was planned; undefined where nothing is. */
  check(planned: ChangeContent, now: ChangePlan): Reason | undefined;
  /** Brings the subject up to what there is now, after drift, so that it can be asked for again. */
  refresh(subjectId: string): Promise<void>;
  /** Puts other content in place of what a waiting subject holds; a kind that cannot be asked for anew has none. */
  revise?(subjectId: string, content: Content): Promise<void>;
  /** Lets the subject go. */
  apply(subjectId: string): Promise<void>;
  /** The workflow that carries the subject out, while there is something to carry out. */
  start(subjectId: string): Promise<SubjectWorkflow | undefined>;
  /** Writes down how a person's step ended; kinds that a workflow carries out have none. */
  complete?(subjectId: string, completion: Completion): Promise<void>;
  /** The end of what was let go; undefined while it runs. */
  verify(subjectId: string): Promise<ChangeResult | undefined>;
  /** The subject will never be carried out. */
  refuse(subjectId: string, reason: Reason): Promise<void>;
}

/** All kinds of change, on one transaction. */
export type ChangeKinds = { readonly [Name in ChangeKindName]: ChangeKind };
