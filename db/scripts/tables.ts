import type { ColumnType, Generated } from 'kysely';
import type { ScriptLanguage } from '#domain/scripts/script.ts';

/** A script of the library; `latest_version` and `bytes` are those of its newest version. */
export interface ScriptTable {
  id: string;
  name: string;
  /** `nameKey` of the name, unique. */
  name_key: string;
  language: ScriptLanguage;
  description: Generated<string>;
  latest_version: Generated<number>;
  bytes: number;
  created_by: string;
  created_at: ColumnType<Date, Date | string | undefined, never>;
  updated_by: string;
  updated_at: ColumnType<Date, Date | string | undefined, Date | string>;
}

/** One version of a script: numbered from 1 without holes, never changed. */
export interface ScriptVersionTable {
  script_id: string;
  version: number;
  content: ColumnType<string, string, never>;
  bytes: ColumnType<number, number, never>;
  note: ColumnType<string, string | undefined, never>;
  created_by: ColumnType<string, string, never>;
  created_at: ColumnType<Date, Date | string | undefined, never>;
}
