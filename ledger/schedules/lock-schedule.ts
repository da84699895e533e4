import { sql } from 'kysely';
import type { Tx } from '#db/database.ts';
import { isUuid } from '#db/is-uuid.ts';
import { fullNames } from '#db/tree/nodes.ts';
import { Problem } from '#domain/errors.ts';
import type { ChangeKindName } from '#domain/names.ts';
import { because } from '#domain/reasons.ts';
import type { OverlapPolicy } from '#domain/schedules/schedule.ts';

/** A schedule's row, held until the transaction ends: whoever edits it, or decides on a firing, holds it. */
export interface LockedSchedule {
  readonly id: string;
  readonly name: string;
  readonly nodes: readonly string[];
  readonly kind: ChangeKindName;
  readonly payload: Readonly<Record<string, unknown>>;
  readonly cron: string;
  readonly zone: string;
  readonly overlap: OverlapPolicy;
  readonly catchUpMs: number;
  readonly paused: boolean;
  readonly owner: { readonly id: string; readonly name: string };
  readonly version: number;
  readonly countedFrom: Date;
  readonly now: Date;
}

/** Locks a schedule; undefined where there is none, or it was deleted. */
export async function findLocked(tx: Tx, id: string): Promise<LockedSchedule | undefined> {
  const row = isUuid(id)
    ? await tx
        .selectFrom('schedule')
        .selectAll()
        .select(sql<Date>`ledger_now()`.as('now'))
        .where('id', '=', id)
        .where('deleted_at', 'is', null)
        .forUpdate()
        .executeTakeFirst()
    : undefined;
  if (row === undefined) return undefined;
  const names = await fullNames(tx, row.node_id === null ? [] : [row.node_id]);
  return {
    id: row.id,
    name: row.name,
    nodes: [...names.values()],
    kind: row.kind,
    payload: row.payload,
    cron: row.cron,
    zone: row.zone,
    overlap: row.overlap,
    catchUpMs: Number(row.catch_up_ms),
    paused: row.paused,
    owner: { id: row.owner_id, name: row.owner_name },
    version: row.version,
    countedFrom: row.counted_from,
    now: row.now,
  };
}

/** Locks a schedule. Throws `not-found` where there is none. */
export async function lockSchedule(tx: Tx, id: string): Promise<LockedSchedule> {
  const schedule = await findLocked(tx, id);
  if (schedule === undefined) throw new Problem('not-found', because('no-such-schedule'));
  return schedule;
}
