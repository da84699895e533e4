import type { z } from 'zod';
import type { ChangeKindName } from '../names.ts';

export const risks = ['low', 'medium', 'high'] as const;
export type Risk = (typeof risks)[number];

/** One thing that a change touches. `generation` is the identity that it has now: another one is another thing. */
export interface ChangeTarget {
  readonly id: string;
  readonly name: string;
  readonly generation: string;
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
  readonly targets: readonly ChangeTarget[];
  /** A digest of everything that was looked at while planning; another one at apply is drift. */
  readonly baseVersion: string;
  readonly risk: Risk;
  /** What is known of how the subject's rows differ from what there is now, as a sentence for people. */
  readonly drift?: string;
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

/** How a change ended. `summary` is a sentence for people. */
export interface ChangeResult {
  readonly succeeded: boolean;
  readonly summary: string;
  readonly details?: Readonly<Record<string, unknown>>;
}

/**
 * One kind of change. Its effects go through a port that its room provides on one transaction; all are idempotent by the
 * id of the subject (the row that is carried out: a task, a step for a person).
 */
export interface ChangeKind<Payload> {
  readonly kind: ChangeKindName;
  /** Raised with every change of the payload's meaning; part of the hash. */
  readonly schemaVersion: number;
  readonly schema: z.ZodType<Payload>;
  /** What the subject would do, read from the very rows that would be carried out. Throws `not-found` without a subject. */
  plan(subjectId: string): Promise<ChangePlan & { readonly payload: Payload }>;
  /** From one version (or nothing) to the next. */
  diff(before: ChangeContent | undefined, after: ChangeContent): readonly DiffSection[];
  /** What is different from what was planned, as a sentence for people; undefined where nothing is. */
  check(planned: ChangeContent, now: ChangePlan): string | undefined;
  /** Brings the subject up to what there is now, after drift, so that it can be asked for again. */
  refresh(subjectId: string): Promise<void>;
  /** Lets the subject go. `start` names the workflow that carries it out, if one does. */
  apply(subjectId: string): Promise<{ readonly start: SubjectWorkflow | undefined }>;
  /** The end of what was let go; undefined while it runs. */
  verify(subjectId: string): Promise<ChangeResult | undefined>;
  /** The subject will never be carried out. */
  refuse(subjectId: string, reason: string): Promise<void>;
  /** Undoes what was applied; kinds that cannot leave it out. */
  rollback?(subjectId: string): Promise<void>;
}

/** The workflow that carries a subject out, under a fixed id. */
export interface SubjectWorkflow {
  readonly workflowType: 'task';
  readonly subjectId: string;
}
