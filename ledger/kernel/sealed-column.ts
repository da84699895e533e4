/** A column in which a room keeps sealed values (platform/secret-box.ts): `v1.KEY_ID.…`, or null where one is gone. */
export interface SealedColumn {
  /** What a value is of, for people: `secret`, `webhook`. */
  readonly of: string;
  readonly table: string;
  readonly column: string;
  /** Columns of the table's primary key. */
  readonly key: readonly string[];
  /** What the value of the row with this key is bound to. */
  readonly contextOf: (key: readonly string[]) => string;
}
