import type { ColumnType, Generated, JSONColumnType } from 'kysely';
import type { ChangeContent, ChangeOrigin, ChangeState, Risk } from '#domain/changes/change-kind.ts';
import type { ChangeKindName } from '#domain/names.ts';
import type { ApprovalFlow, Policy } from '#domain/changes/policy.ts';
import type { Reason } from '#domain/reasons.ts';

type TimeDefault = ColumnType<Date, Date | string | undefined, Date | string>;

/** A policy on a node; `node_id` null is the whole tree. */
export interface ChangePolicyTable {
  kind: ChangeKindName;
  node_id: string | null;
  policy: JSONColumnType<Policy, string, string>;
  version: Generated<number>;
  updated_by: string;
  updated_at: TimeDefault;
}

/** A change, ticketed or direct. */
export interface ChangeTable {
  id: string;
  kind: ChangeKindName;
  /** The row that is carried out. */
  subject_id: string;
  ticket_id: string | null;
  proposer_id: string;
  proposer_name: string;
  origin: ChangeOrigin;
  state: ChangeState;
  created_at: TimeDefault;
  ended_at: ColumnType<Date | null, Date | string | null | undefined, Date | string | null>;
}

/** One version of what a ticket asks for. */
export interface ChangeVersionTable {
  ticket_id: string;
  version: number;
  kind: ChangeKindName;
  content: JSONColumnType<ChangeContent, string, string>;
  content_hash: string;
  risk: Risk;
  flow: JSONColumnType<ApprovalFlow, string, string>;
  made_by: string;
  /** What led to it: it was resubmitted, something drifted; empty for the first. */
  why: JSONColumnType<Reason[], string, string>;
  created_at: TimeDefault;
}

/** A step that a person carries out. */
export interface ManualStepTable {
  id: string;
  title: string;
  instructions: string;
  state: 'awaiting-approval' | 'open' | 'done' | 'failed' | 'refused';
  note: string | null;
  completed_by: string | null;
  created_at: TimeDefault;
  ended_at: ColumnType<Date | null, Date | string | null | undefined, Date | string | null>;
}
