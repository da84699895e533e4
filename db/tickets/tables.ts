import type { ColumnType, Generated, GeneratedAlways, JSONColumnType } from 'kysely';
import type { ChangeKindName } from '#domain/names.ts';
import type { ChangeResult } from '#domain/changes/change-kind.ts';
import type { TicketState } from '#domain/tickets/ticket.ts';
import type { Reason } from '#domain/reasons.ts';

type TimeDefault = ColumnType<Date, Date | string | undefined, Date | string>;
type MaybeTime = ColumnType<Date | null, Date | string | null | undefined, Date | string | null>;

/** One ticket. `step` counts the steps that are passed; `version` and `content_hash` are those of the current change. */
export interface TicketTable {
  id: string;
  kind: ChangeKindName;
  title: string;
  state: TicketState;
  requester_id: string;
  requester_name: string;
  nodes: Generated<string[]>;
  /** The first few of `nodes`. */
  first_nodes: GeneratedAlways<string[]>;
  node_count: GeneratedAlways<number>;
  /** The row that is carried out: a task, a manual step. */
  subject_id: string;
  version: Generated<number>;
  content_hash: string;
  step: Generated<number>;
  escalated: Generated<boolean>;
  step_since: TimeDefault;
  remind_at: MaybeTime;
  timeout_at: MaybeTime;
  run_at: MaybeTime;
  expires_at: MaybeTime;
  result: JSONColumnType<ChangeResult | null, string | null, string | null>;
  /** Why it ended as it did. */
  reason: JSONColumnType<Reason | null, string | null, string | null>;
  created_at: TimeDefault;
  applied_at: MaybeTime;
  ended_at: MaybeTime;
  /** When its workflow last looked, or a sweeper last asked for that. */
  advanced_at: MaybeTime;
}

export interface TicketNodeTable {
  ticket_id: string;
  node_id: string;
}

export interface TicketApproverTable {
  ticket_id: string;
  step: number;
  user_id: string;
  may: boolean;
  by_name: string;
  at: TimeDefault;
}

export interface TicketWaitingTable {
  principal: string;
  ticket_id: string;
}

export interface TicketDecisionTable {
  id: string;
  ticket_id: string;
  version: number;
  step: number;
  verdict: 'approve' | 'reject' | 'pass';
  content_hash: string;
  actor_id: string;
  actor_name: string;
  message: Generated<string>;
  early: Generated<boolean>;
  /** Why it no longer counts. */
  voided: JSONColumnType<Reason[] | null, string | null, string | null>;
  at: TimeDefault;
}

export interface TicketTimelineTable {
  id: Generated<string>;
  ticket_id: string;
  at: TimeDefault;
  kind: string;
  actor: string | null;
  version: number;
  details: JSONColumnType<Record<string, unknown>, string | undefined, string>;
}
