import { type RawBuilder, sql } from 'kysely';
import type { Database } from '#db/database.ts';
import type { TreeScope } from '#db/identity/callers.ts';
import { containing } from '#db/search-pattern.ts';
import { fullNameSql } from '#db/tree/nodes.ts';
import { nameKey } from '#domain/name-rule.ts';
import type { ChangeKindName } from '#domain/names.ts';
import type { FiringState, OverlapPolicy } from '#domain/schedules/schedule.ts';

/** A schedule as lists show it. Times are ISO 8601 in UTC. */
export interface ScheduleSummary {
  readonly id: string;
  readonly name: string;
  /** Full name of the node it belongs to; null: the whole platform. */
  readonly node: string | null;
  readonly description: string;
  readonly kind: ChangeKindName;
  readonly cron: string;
  readonly zone: string;
  readonly overlap: OverlapPolicy;
  readonly catchUpMs: number;
  readonly paused: boolean;
  /** With whose rights it fires. */
  readonly owner: string;
  readonly version: number;
  readonly createdBy: string;
  readonly createdAt: string;
  readonly updatedAt: string;
  /** The last firing, if any. */
  readonly lastState: FiringState | null;
  readonly lastDueAt: string | null;
}

/** A schedule with what it proposes. */
export interface ScheduleDetails extends ScheduleSummary {
  readonly payload: Readonly<Record<string, unknown>>;
}

/** What decides who may see and edit a schedule. */
export interface ScheduleAccess {
  readonly id: string;
  readonly ownerId: string;
  /** Ids from the root to its node; undefined: the whole platform. */
  readonly nodeIds: readonly string[] | undefined;
}

type Row = Omit<ScheduleDetails, 'catchUpMs' | 'createdAt' | 'updatedAt' | 'lastDueAt'> & {
  readonly catchUpMs: string;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly lastDueAt: Date | null;
};

async function select(
  db: Database,
  where: RawBuilder<unknown>,
  { limit = 1, payload = sql`null` }: { limit?: number; payload?: RawBuilder<unknown> } = {},
): Promise<ScheduleDetails[]> {
  const { rows } = await sql<Row>`
    select s.id, s.name, case when n.id is null then null else ${fullNameSql('n')} end as node, s.description, s.kind,
      s.cron, s.zone, s.overlap, s.catch_up_ms as "catchUpMs", s.paused, s.owner_name as owner, s.version,
      s.created_by as "createdBy", s.created_at as "createdAt", s.updated_at as "updatedAt", ${payload} as payload,
      last.state as "lastState", last.due_at as "lastDueAt"
    from schedule s left join node n on n.id = s.node_id
      left join lateral (select state, due_at from firing where schedule_id = s.id order by due_at desc limit 1) as last on true
    where s.deleted_at is null and ${where} order by s.name limit ${limit}`.execute(db);
  return rows.map((row) => ({
    ...row,
    catchUpMs: Number(row.catchUpMs),
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
    lastDueAt: row.lastDueAt?.toISOString() ?? null,
  }));
}

/** Schedules by name, after the one named `after`: those in scope, and those of `ownerId`; `q` is part of a name or description. */
export async function listSchedules(
  db: Database,
  query: {
    scope: TreeScope;
    ownerId: string;
    q?: string | undefined;
    name?: string | undefined;
    after?: string | undefined;
    limit: number;
  },
): Promise<ScheduleSummary[]> {
  const { scope, ownerId, q = '', name, after = '', limit } = query;
  const inScope = scope === 'all' ? sql`true` : sql`(s.owner_id = ${ownerId} or ${[...scope]}::ltree[] @> n.path)`;
  const named = name === undefined ? sql`true` : sql`s.name_key = ${nameKey(name)}`;
  const like = containing(q);
  const found = q === '' ? sql`true` : sql`(s.name ilike ${like} or s.description ilike ${like})`;
  const rows = await select(db, sql`s.name > ${after} and ${inScope} and ${named} and ${found}`, { limit });
  return rows.map(({ payload: _, ...summary }) => summary);
}

/** One schedule, or undefined. */
export async function getSchedule(db: Database, id: string): Promise<ScheduleDetails | undefined> {
  return (await select(db, sql`s.id = ${id}::uuid`, { payload: sql`s.payload` }))[0];
}

/** Undefined where there is no such schedule. */
export async function findScheduleAccess(db: Database, id: string): Promise<ScheduleAccess | undefined> {
  const { rows } = await sql<{ id: string; ownerId: string; path: string | null }>`
    select s.id, s.owner_id as "ownerId", ltree2text(n.path) as path from schedule s left join node n on n.id = s.node_id
    where s.id = ${id}::uuid and s.deleted_at is null`.execute(db);
  const row = rows[0];
  return row && { id: row.id, ownerId: row.ownerId, nodeIds: row.path?.split('.') };
}
