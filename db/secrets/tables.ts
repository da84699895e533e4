import type { ColumnType, Generated } from 'kysely';

type Time = ColumnType<Date, Date | string | undefined, Date | string>;

/** A secret; without a node it belongs to the whole platform. */
export interface SecretTable {
  id: string;
  name: string;
  /** `nameKey` of the name, unique. */
  name_key: string;
  node_id: string | null;
  description: Generated<string>;
  latest_version: Generated<number>;
  created_by: string;
  created_at: Time;
  rotated_by: string;
  rotated_at: Time;
}

/** One version of a secret: numbered from 1 without holes. `sealed` is null where it was deleted. */
export interface SecretVersionTable {
  secret_id: string;
  version: number;
  sealed: string | null;
  created_by: string;
  created_at: Time;
  deleted_at: ColumnType<Date | null, Date | string | null | undefined, Date | string | null>;
}
