import type { ColumnType, Generated, JSONColumnType } from 'kysely';
import type { ChangeKindName } from '#domain/names.ts';
import type { Reason } from '#domain/reasons.ts';
import type { FiringState, OverlapPolicy } from '#domain/schedules/schedule.ts';

type Time = ColumnType<Date, Date | string | undefined, Date | string>;

/** A schedule. Without a node it belongs to the whole platform; one that is deleted is kept until Temporal was told. */
export interface ScheduleTable {
  id: string;
  name: string;
  /** `nameKey` of the name, unique among those that are not deleted. */
  name_key: string;
  node_id: string | null;
  description: Generated<string>;
  kind: ChangeKindName;
  /** What is proposed at each firing, as its kind takes it. */
  payload: JSONColumnType<Readonly<Record<string, unknown>>, string, string>;
  cron: string;
  zone: string;
  overlap: OverlapPolicy;
  catch_up_ms: ColumnType<string, number, number>;
  paused: Generated<boolean>;
  owner_id: string;
  owner_name: string;
  version: Generated<number>;
  sent_version: Generated<number>;
  /** Times before this are not looked for: it was made, edited or continued then. */
  counted_from: Time;
  created_by: string;
  created_at: Time;
  updated_at: Time;
  deleted_at: ColumnType<Date | null, Date | string | null | undefined, Date | string | null>;
}

/** One time at which a schedule was due. */
export interface FiringTable {
  schedule_id: string;
  due_at: Time;
  state: FiringState;
  by_hand: Generated<boolean>;
  /** With whose rights it is proposed. */
  proposer_id: string;
  /** What it has started: the row that is carried out. */
  subject_id: string | null;
  ticket_id: string | null;
  reason: JSONColumnType<Reason | null, string | null, string | null>;
  decided_at: Time;
}
