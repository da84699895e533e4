import type { ColumnType, Generated, GeneratedAlways, JSONColumnType } from 'kysely';
import type { AdvanceResult } from '#domain/tasks/ports.ts';
import type { HostRunState, TaskCounts } from '#domain/tasks/host-run.ts';
import type { WindowDue } from '#domain/tasks/task-window.ts';
import type { TaskPayload, TaskState, TaskStrategy } from '#domain/tasks/task.ts';

type TimeDefault = ColumnType<Date, Date | string | undefined, Date | string>;
type MaybeTime = ColumnType<Date | null, Date | string | null | undefined, Date | string | null>;

/** One submitted task. `counts` is as of the last advance; the live counts are those of its host runs. */
export interface TaskTable {
  id: string;
  title: string;
  state: TaskState;
  payload: JSONColumnType<TaskPayload, string, string>;
  strategy: JSONColumnType<TaskStrategy, string, string>;
  requester_id: string;
  requester_name: string;
  /** Full names of the nodes it was submitted on. */
  nodes: Generated<string[]>;
  /** The first few of `nodes`. */
  first_nodes: GeneratedAlways<string[]>;
  node_count: GeneratedAlways<number>;
  ticket_id: string | null;
  step: Generated<number>;
  last_advance: JSONColumnType<AdvanceResult | null, string | null, string | null>;
  /** When somebody is to look at it; a sweeper wakes what nobody looked at for some time after. */
  recheck_at: TimeDefault;
  counts: JSONColumnType<TaskCounts, string, string>;
  created_at: TimeDefault;
  started_at: MaybeTime;
  ended_at: MaybeTime;
}

/** Nodes of a task, for permissions and lists. */
export interface TaskNodeTable {
  task_id: string;
  node_id: string;
}

/** One attempt on one host; `current` marks the latest attempt. Bigints arrive as strings. */
export interface HostRunTable {
  id: Generated<string>;
  task_id: string;
  ord: number;
  attempt: Generated<number>;
  current: Generated<boolean>;
  /** As the caller named it (or the machine's name). */
  host: string;
  address: Generated<string>;
  machine_id: string | null;
  agent_id: string | null;
  state: HostRunState;
  step: number | null;
  seq: string | null;
  acked_at: MaybeTime;
  kill_seq: string | null;
  kill_acked_at: MaybeTime;
  revoke_seq: string | null;
  revoke_acked_at: MaybeTime;
  spool_id: string | null;
  dispatched_at: MaybeTime;
  /** Agent's clock. */
  started_at: MaybeTime;
  /** Agent's clock. */
  finished_at: MaybeTime;
  /** Ledger's clock, when the result was stored. */
  reported_at: MaybeTime;
  late: Generated<boolean>;
  code: number | null;
  /** What the host adds to its code: the missing user, the faulty program. */
  detail: Generated<string>;
  exit_code: number | null;
  signal: string | null;
  stdout_bytes: Generated<string>;
  stderr_bytes: Generated<string>;
}

/** Hosts of a task by group, as one writer has moved them: signed, true as the sum over all writers. Kept by triggers. */
export interface TaskCountTable {
  task_id: string;
  /** Id of the gateway; empty: whoever holds the task's lock. */
  writer: string;
  pending: number;
  running: number;
  succeeded: number;
  failed: number;
  timed_out: number;
  killed: number;
  lost: number;
  revoked: number;
  buried: number;
  errors: number;
  unreachable: number;
}

/**
 * What gateways need to know to hand a task out between two decisions of its workflow; there while its hosts are. Whoever
 * writes it holds the task's lock.
 */
export interface TaskWindowTable {
  task_id: string;
  /** Hosts may be handed out as places become free. */
  open: boolean;
  /** What the workflow has to decide, since `due_at`. */
  due: WindowDue | null;
  due_at: MaybeTime;
  /** Hosts in flight at once; null: all. */
  concurrency: number | null;
  /** Errors at which it closes; null: never. */
  error_limit: number | null;
  /** Bigint: arrives as a string. */
  lease_ms: string;
  /** No host before this one waits. */
  next_ord: number;
  filled_at: TimeDefault;
  /** When live pages last heard how it stands. */
  told_at: TimeDefault;
}

/** Output as kept; `total_bytes` says how much there was. */
export interface HostOutputTable {
  host_run_id: string;
  stream: 'stdout' | 'stderr';
  head: Buffer;
  tail: Buffer;
  total_bytes: string;
}

/** What happened to a task, in order. */
export interface TaskTimelineTable {
  id: Generated<string>;
  task_id: string;
  at: TimeDefault;
  kind: string;
  actor: string | null;
  details: JSONColumnType<Record<string, unknown>, string | undefined, string>;
}

/** Answers of requests that start work, by (actor, key). */
export interface IdempotencyKeyTable {
  actor_id: string;
  key: string;
  route: string;
  body_sha256: string;
  status: number;
  response: JSONColumnType<Record<string, unknown>, string, string>;
  created_at: TimeDefault;
}

/** What a task was planned for, one row per host. */
export interface TaskTargetTable {
  task_id: string;
  ord: number;
  host: string;
  machine_id: string | null;
  /** Id of the agent at that time; empty where there was none. */
  generation: string;
}
