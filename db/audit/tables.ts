import type { ColumnType, GeneratedAlways, JSONColumnType } from 'kysely';

/** One row per mutation, execution and refusal; append-only, chained by hash. */
export interface AuditTable {
  id: string;
  at: ColumnType<Date, Date | string, never>;
  actor_id: string | null;
  actor_name: string;
  action: string;
  outcome: 'allowed' | 'denied';
  target: ColumnType<string, string | undefined, never>;
  /** Full names. */
  nodes: ColumnType<string[], string[] | undefined, never>;
  /** The first few of `nodes`. */
  first_nodes: GeneratedAlways<string[]>;
  node_count: GeneratedAlways<number>;
  details: JSONColumnType<Record<string, unknown>, string | undefined, never>;
  request_id: string | null;
  ip: string | null;
  prev_hash: string;
  hash: string;
}
