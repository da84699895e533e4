import { sql } from 'kysely';
import { v7 as uuidv7 } from 'uuid';
import type { Tx } from '#db/database.ts';
import { nameTaken, Problem } from '#domain/errors.ts';
import { nameKey } from '#domain/name-rule.ts';
import type { ChangeKindName } from '#domain/names.ts';
import { because } from '#domain/reasons.ts';
import type { OverlapPolicy } from '#domain/schedules/schedule.ts';
import type { AuditOrigin } from '#ledger/audit/audit.ts';
import { type LockedSchedule, lockSchedule } from './lock-schedule.ts';
import { record } from './record.ts';

/** All that somebody says of a schedule. */
export interface ScheduleContent {
  readonly name: string;
  readonly node: { readonly id: string; readonly path: string } | undefined;
  readonly description: string;
  readonly kind: ChangeKindName;
  /** As the kind takes it. */
  readonly payload: unknown;
  readonly cron: string;
  readonly zone: string;
  readonly overlap: OverlapPolicy;
  readonly catchUpMs: number;
}

/** Who edits: from then on it fires with their rights. */
interface By {
  readonly by: AuditOrigin & { readonly actor: { readonly id: string; readonly name: string } };
}

/** A new schedule, owned by whoever makes it. A name that is taken: `conflict`. */
export async function insertSchedule(tx: Tx, content: ScheduleContent, { by }: By): Promise<{ id: string }> {
  const id = uuidv7();
  await refuseTaken(tx, id, content.name);
  await tx
    .insertInto('schedule')
    .values({ id, ...columnsOf(content), ...ownedBy(by), created_by: by.actor.name })
    .execute();
  await record(tx, named(id, content), {
    changed: true,
    audit: { by, action: 'schedule.create', details: audited(content) },
  });
  return { id };
}

/**
 * Puts other content in place of what the version `seen` has. Whoever edits becomes the owner, so that nobody has
 * something done with the rights of somebody else. Another version than `seen` by now: `conflict`.
 */
export async function updateSchedule(
  tx: Tx,
  id: string,
  content: ScheduleContent,
  { by, seen }: By & { readonly seen: number },
): Promise<void> {
  const before = await lockSchedule(tx, id);
  if (before.version !== seen) throw new Problem('conflict', because('newer-schedule', { latest: before.version }));
  await refuseTaken(tx, id, content.name);
  await change(tx, before, { ...columnsOf(content), ...ownedBy(by) });
  const nodes = [...new Set([...before.nodes, ...named(id, content).nodes])];
  await record(
    tx,
    { ...named(id, content), nodes },
    {
      changed: true,
      audit: { by, action: 'schedule.edit', details: { before: audited(before), after: audited(content) } },
    },
  );
}

/** From now on it fires no more, until it is continued; what it has started goes on. */
export async function pauseSchedule(tx: Tx, id: string, { by }: By): Promise<void> {
  const schedule = await lockSchedule(tx, id);
  if (schedule.paused) throw new Problem('not-in-this-state', because('schedule-paused'));
  await change(tx, schedule, { paused: true });
  await record(tx, schedule, { changed: true, audit: { by, action: 'schedule.pause' } });
}

/** Fires again at the next time; what was due meanwhile is not made up for. Whoever continues it does not become its owner. */
export async function continueSchedule(tx: Tx, id: string, { by }: By): Promise<void> {
  const schedule = await lockSchedule(tx, id);
  if (!schedule.paused) throw new Problem('not-in-this-state', because('schedule-not-paused'));
  await change(tx, schedule, { paused: false });
  await record(tx, schedule, { changed: true, audit: { by, action: 'schedule.continue' } });
}

/** It fires no more, and its name is free; what it has started goes on. The row goes as soon as Temporal was told. */
export async function deleteSchedule(tx: Tx, id: string, { by }: By): Promise<void> {
  const schedule = await lockSchedule(tx, id);
  await change(tx, schedule, { deleted_at: sql<Date>`ledger_now()` });
  await record(tx, schedule, { changed: true, audit: { by, action: 'schedule.delete' } });
}

type Columns = ReturnType<typeof columnsOf> & ReturnType<typeof ownedBy>;

async function change(
  tx: Tx,
  { id, version }: LockedSchedule,
  columns: Partial<Columns> | { paused: boolean } | { deleted_at: ReturnType<typeof sql<Date>> },
): Promise<void> {
  const now = sql<Date>`ledger_now()`;
  await tx
    .updateTable('schedule')
    .set({ ...columns, version: version + 1, counted_from: now, updated_at: now })
    .where('id', '=', id)
    .execute();
}

async function refuseTaken(tx: Tx, id: string, name: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${nameKey(name)}, 2))`.execute(tx);
  const taken = await tx
    .selectFrom('schedule')
    .select('id')
    .where('name_key', '=', nameKey(name))
    .where('deleted_at', 'is', null)
    .where('id', '<>', id)
    .executeTakeFirst();
  if (taken !== undefined) throw nameTaken('name', name);
}

function columnsOf(content: ScheduleContent) {
  const { name, node, description, kind, payload, cron, zone, overlap, catchUpMs } = content;
  return {
    name,
    name_key: nameKey(name),
    node_id: node?.id ?? null,
    description,
    kind,
    payload: JSON.stringify(payload),
    cron,
    zone,
    overlap,
    catch_up_ms: catchUpMs,
  };
}

function ownedBy({ actor }: By['by']) {
  return { owner_id: actor.id, owner_name: actor.name };
}

function named(id: string, { name, node }: ScheduleContent) {
  return { id, name, nodes: node === undefined ? [] : [node.path] };
}

/** Without what it runs, which may hold secrets: that is audited, in marks, each time it goes through the door. */
function audited({ cron, zone, overlap, catchUpMs }: Pick<ScheduleContent, 'cron' | 'zone' | 'overlap' | 'catchUpMs'>) {
  return { cron, zone, overlap, catchUpMs };
}
