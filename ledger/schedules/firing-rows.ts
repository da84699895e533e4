import { sql } from 'kysely';
import type { Tx } from '#db/database.ts';
import type { Reason } from '#domain/reasons.ts';
import type { FiringState } from '#domain/schedules/schedule.ts';
import type { LockedSchedule } from './lock-schedule.ts';
import { record } from './record.ts';

/** A person, by whom something is asked for. */
export interface Asker {
  readonly id: string;
  readonly name: string;
}

/** What became of a firing; undefined where nobody has decided on it yet. */
export async function stateOf(tx: Tx, scheduleId: string, dueAt: Date): Promise<FiringState | undefined> {
  const row = await tx
    .selectFrom('firing')
    .select('state')
    .where('schedule_id', '=', scheduleId)
    .where('due_at', '=', dueAt)
    .executeTakeFirst();
  return row?.state;
}

interface OpenFiring {
  readonly dueAt: Date;
  readonly subjectId: string;
  readonly ticketId: string | null;
  readonly waits: boolean;
}

/** The last firing that was started, while what it started is not over. */
export async function findPredecessor(tx: Tx, scheduleId: string): Promise<OpenFiring | undefined> {
  const { rows } = await sql<OpenFiring>`
    select last.due_at as "dueAt", last.subject_id as "subjectId", last.ticket_id as "ticketId", c.state = 'proposed' as waits
    from (select due_at, subject_id, ticket_id from firing where schedule_id = ${scheduleId}::uuid and state = 'started'
          order by decided_at desc limit 1) as last
      join change c on c.subject_id = last.subject_id
    where c.state in ('proposed', 'applying')`.execute(tx);
  return rows[0];
}

/** The firing that waits for the one before, with the id of the person who asked for it, if one did. */
export async function findQueued(
  tx: Tx,
  scheduleId: string,
): Promise<{ dueAt: Date; askedBy: string | undefined } | undefined> {
  const row = await tx
    .selectFrom('firing')
    .select(['due_at', 'by_hand', 'proposer_id'])
    .where('schedule_id', '=', scheduleId)
    .where('state', '=', 'queued')
    .orderBy('due_at')
    .executeTakeFirst();
  return row && { dueAt: row.due_at, askedBy: row.by_hand ? row.proposer_id : undefined };
}

/** A millisecond at which nothing is due yet. */
export async function freeMoment(tx: Tx, { id, now }: LockedSchedule): Promise<Date> {
  for (let ms = now.getTime(); ; ms++) {
    const at = new Date(ms);
    if ((await stateOf(tx, id, at)) === undefined) return at;
  }
}

/** Writes down what became of a firing; who asked for it, and with whose rights, stays as it was written first. */
export async function writeFiring(
  tx: Tx,
  schedule: LockedSchedule,
  dueAt: Date,
  firing: {
    readonly state: FiringState;
    readonly reason?: Reason | undefined;
    readonly subjectId?: string;
    readonly ticketId?: string | null;
    readonly asker?: Asker | undefined;
  },
): Promise<void> {
  const { state, reason, subjectId = null, ticketId = null, asker } = firing;
  const whose = { by_hand: asker !== undefined, proposer_id: asker?.id ?? schedule.owner.id };
  const decided = {
    state,
    reason: reason === undefined ? null : JSON.stringify(reason),
    subject_id: subjectId,
    ticket_id: ticketId,
    decided_at: sql<Date>`ledger_now()`,
  };
  await tx
    .insertInto('firing')
    .values({ schedule_id: schedule.id, due_at: dueAt, ...whose, ...decided })
    .onConflict((conflict) => conflict.columns(['schedule_id', 'due_at']).doUpdateSet(decided))
    .execute();
  await record(tx, schedule, { changed: true });
}
