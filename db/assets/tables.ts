import type { ColumnType, JSONColumnType } from 'kysely';
import type { Facts } from '#domain/agents/facts.ts';

type TimeDefault = ColumnType<Date, Date | string | undefined, Date | string>;
type MaybeTime = ColumnType<Date | null, Date | string | null | undefined, Date | string | null>;

/** A host on record; `identity` comes from its identity file and outlives every host name. */
export interface MachineTable {
  id: string;
  name: string;
  address: ColumnType<string, string | undefined, string>;
  identity: string;
  facts: JSONColumnType<Facts | null, string | null | undefined, string | null>;
  facts_hash: string | null;
  facts_at: MaybeTime;
  clone_suspected_at: MaybeTime;
  created_at: TimeDefault;
}
