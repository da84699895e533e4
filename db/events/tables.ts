import type { ColumnType, Generated, JSONColumnType } from 'kysely';

/** What live pages are told. Order is (xid, id); only rows below the snapshot's xmin may be read. */
export interface EventTable {
  id: Generated<string>;
  xid: ColumnType<string, undefined, never>;
  topic: string;
  data: JSONColumnType<Record<string, unknown>, string, never>;
  at: ColumnType<Date, undefined, never>;
}

/** Everything at or below this position has been pruned. */
export interface EventFloorTable {
  one: ColumnType<boolean, true | undefined, never>;
  xid: string;
  id: string;
}
