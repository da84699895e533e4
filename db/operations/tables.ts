import type { ColumnType, Generated, JSONColumnType } from 'kysely';
import type { OperationState } from '#domain/durables.ts';
import type { DurableName } from '#domain/names.ts';

/** What a person asked of a subject of some noun; the Update of its workflow carries only the id. */
export interface OperationTable {
  id: string;
  noun: DurableName;
  subject_id: string;
  action: string;
  actor_id: string;
  actor_name: string;
  /** What belongs to it, in the words of its noun. */
  details: JSONColumnType<Readonly<Record<string, unknown>>, string | undefined, never>;
  state: Generated<OperationState>;
  /** What it was answered first, in the words of its noun. */
  result: JSONColumnType<{ readonly applied: boolean } | null, string | null | undefined, string>;
  created_at: ColumnType<Date, Date | string | undefined, Date | string>;
  handled_at: ColumnType<Date | null, Date | string | null | undefined, Date | string | null>;
}
