import { sql } from 'kysely';
import type { Database, Tx } from '#db/database.ts';
import { findCallerByUserId } from '#db/identity/callers.ts';
import { Problem } from '#domain/errors.ts';
import type { Caller } from '#domain/identity/caller.ts';
import { because, type Reason } from '#domain/reasons.ts';
import { decideFiring } from '#domain/schedules/decide-firing.ts';
import type { FiringState } from '#domain/schedules/schedule.ts';
import type { AuditOrigin } from '#ledger/audit/audit.ts';
import type { ProposalAnswer, Propose, Proposal } from '#ledger/changes/propose.ts';
import { transact } from '#ledger/kernel/transact.ts';
import { firingTimes } from '#platform/firing-times.ts';
import { findLocked, type LockedSchedule, lockSchedule } from './lock-schedule.ts';
import { record } from './record.ts';

/** What has been started, so that its workflow can be started at once. */
export interface Started {
  readonly noun: 'task' | 'ticket';
  readonly id: string;
}

/** What became of a firing; `not-due`: there is no schedule that is due then (any more), so nothing was done. */
export interface Fired {
  readonly state: FiringState | 'not-due';
  readonly reason?: Reason;
  readonly started?: Started;
}

/** Asks, within the transaction, for the end of what somebody has started. */
export type EndChange = (tx: Tx, change: EndedChange) => Promise<void>;
export interface EndedChange {
  readonly subjectId: string;
  readonly ticketId: string | null;
  readonly by: { readonly id: string; readonly name: string };
}

export interface Firing {
  /** What is due at a time: decided once, however often it is asked. */
  fire(db: Database, due: { readonly scheduleId: string; readonly dueAt: Date }): Promise<Fired>;
  /** Starts what waited for a predecessor that is over by now; undefined where it does not wait (any more). */
  startQueued(db: Database, due: { readonly scheduleId: string; readonly dueAt: Date }): Promise<Fired | undefined>;
  /** Fires now because a person asks, with that person's rights, in the caller's transaction. A refusal is a Problem. */
  runNow(tx: Tx, scheduleId: string, by: ByPerson): Promise<Fired & { readonly dueAt: Date }>;
}

export interface ByPerson {
  readonly caller: Caller;
  readonly origin: Proposal['origin'];
  readonly audit: AuditOrigin;
}

/** Firings are decided in one transaction with what they start: nothing is started twice, and nothing is forgotten. */
export function createFiring(parts: { readonly propose: Propose; readonly endChange: EndChange }): Firing {
  const { propose, endChange } = parts;

  async function start(
    tx: Tx,
    schedule: LockedSchedule,
    dueAt: Date,
    proposer: Caller,
    origin: Proposal['origin'],
  ): Promise<Fired> {
    const { kind, payload } = schedule;
    const answer = await propose.within(tx, { proposer, origin, kind, payload });
    const { subjectId, ticket } = answer;
    await write(tx, schedule, dueAt, { state: 'started', subjectId, ticketId: ticket?.id ?? null });
    return { state: 'started', started: startedBy(answer) };
  }

  /** With the rights of the owner, or of whoever asked for it by hand, as they are now. */
  async function startLater(tx: Tx, schedule: LockedSchedule, dueAt: Date, askedBy?: string): Promise<Fired> {
    const proposer = await findCallerByUserId(tx, askedBy ?? schedule.owner.id);
    if (proposer === undefined) throw new Problem('forbidden', because('owner-gone', { owner: schedule.owner.name }));
    return start(tx, schedule, dueAt, proposer, { from: 'schedule' });
  }

  /** Ends the predecessor, and what waits for it gives way to the firing of `dueAt`. */
  async function replace(tx: Tx, schedule: LockedSchedule, dueAt: Date): Promise<void> {
    await tx
      .updateTable('firing')
      .set({ state: 'skipped', reason: JSON.stringify(because('replaced-by-later', { due: dueAt.toISOString() })) })
      .where('schedule_id', '=', schedule.id)
      .where('state', '=', 'queued')
      .where('due_at', '<>', dueAt)
      .execute();
    const before = await findPredecessor(tx, schedule.id);
    if (before === undefined) return;
    await endChange(tx, { subjectId: before.subjectId, ticketId: before.ticketId, by: schedule.owner });
  }

  /** Decides on a firing that has no row yet, or one that says `missed`. */
  async function decide(
    tx: Tx,
    schedule: LockedSchedule,
    dueAt: Date,
    begin: (tx: Tx) => Promise<Fired>,
    byHand: boolean,
  ): Promise<Fired> {
    const predecessor = await findPredecessor(tx, schedule.id);
    const queued = await findQueued(tx, schedule.id);
    const made = decideFiring({ ...schedule, dueAt, byHand, predecessor, queued });
    if (made.decision === 'start') return begin(tx);
    const { reason } = made;
    if (made.decision === 'queue') {
      await write(tx, schedule, dueAt, { state: 'queued', reason, byHand });
      if (made.replace) await replace(tx, schedule, dueAt);
      return { state: 'queued', reason };
    }
    const state = made.decision === 'miss' ? 'missed' : 'skipped';
    await write(tx, schedule, dueAt, { state, reason, byHand });
    if (state === 'missed') await tellMissed(tx, schedule, [dueAt]);
    return { state, reason };
  }

  /** Runs it in a transaction; where the door refuses, all of that is undone and the refusal is written instead. */
  async function orRefused(
    db: Database,
    { scheduleId, dueAt }: { scheduleId: string; dueAt: Date },
    work: (tx: Tx, schedule: LockedSchedule) => Promise<Fired | undefined>,
  ): Promise<Fired | undefined> {
    const inTransaction = (what: typeof work) =>
      transact(db, async (tx) => {
        const schedule = await findLocked(tx, scheduleId);
        return schedule === undefined ? { state: 'not-due' as const } : what(tx, schedule);
      });
    try {
      return await inTransaction(work);
    } catch (error) {
      if (!(error instanceof Problem) || error.type === 'unavailable' || error.type === 'internal') throw error;
      const reason = reasonOf(error);
      return inTransaction(async (tx, schedule) => {
        const state = await stateOf(tx, scheduleId, dueAt);
        if (state !== undefined && state !== 'missed' && state !== 'queued') return { state };
        await write(tx, schedule, dueAt, { state: 'refused', reason });
        const told = { due: dueAt.toISOString(), owner: schedule.owner.name, reason };
        await record(tx, schedule, {
          changed: true,
          announce: { kind: 'schedule.refused', userIds: [schedule.owner.id], details: told },
          audit: { action: 'schedule.refused', outcome: 'denied', details: told },
        });
        return { state: 'refused', reason };
      });
    }
  }

  return {
    async fire(db, due) {
      const fired = await orRefused(db, due, async (tx, schedule) => {
        const state = await stateOf(tx, due.scheduleId, due.dueAt);
        if (state !== undefined && state !== 'missed') return { state };
        if (!isDue(schedule, due.dueAt)) return { state: 'not-due' };
        await noteMissed(tx, schedule, due.dueAt);
        return decide(tx, schedule, due.dueAt, () => startLater(tx, schedule, due.dueAt), false);
      });
      return fired ?? { state: 'not-due' };
    },
    startQueued: (db, due) =>
      orRefused(db, due, async (tx, schedule) => {
        const waiting = await findQueued(tx, schedule.id);
        if (waiting?.dueAt.getTime() !== due.dueAt.getTime()) return undefined;
        if ((await findPredecessor(tx, schedule.id)) !== undefined) return undefined;
        return startLater(tx, schedule, due.dueAt, waiting.askedBy);
      }),
    async runNow(tx, scheduleId, { caller, origin, audit: by }) {
      const schedule = await lockSchedule(tx, scheduleId);
      const dueAt = await freeMoment(tx, schedule);
      const begin = () => start(tx, schedule, dueAt, caller, origin);
      const fired = await decide(tx, schedule, dueAt, begin, true);
      if (fired.state === 'skipped') throw new Problem('not-in-this-state', fired.reason);
      await tx
        .updateTable('firing')
        .set({ by_hand: true, proposer_id: caller.actor.id })
        .where('schedule_id', '=', scheduleId)
        .where('due_at', '=', dueAt)
        .execute();
      await record(tx, schedule, {
        audit: { by, action: 'schedule.run-now', details: { due: dueAt.toISOString(), state: fired.state } },
      });
      return { ...fired, dueAt };
    },
  };
}

function startedBy({ subjectId, ticket }: ProposalAnswer): Started {
  return ticket === null ? { noun: 'task', id: subjectId } : { noun: 'ticket', id: ticket.id };
}

/** Why the door refused: of several wrong fields the first. */
function reasonOf(problem: Problem): Reason {
  if (problem.reason !== undefined) return problem.reason;
  const fault = problem.fields[0]?.fault;
  return typeof fault === 'object' ? fault : because('proposal-refused', { why: fault ?? problem.message });
}

async function stateOf(tx: Tx, scheduleId: string, dueAt: Date): Promise<FiringState | undefined> {
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
async function findPredecessor(tx: Tx, scheduleId: string): Promise<OpenFiring | undefined> {
  const { rows } = await sql<OpenFiring>`
    select last.due_at as "dueAt", last.subject_id as "subjectId", last.ticket_id as "ticketId", c.state = 'proposed' as waits
    from (select due_at, subject_id, ticket_id from firing where schedule_id = ${scheduleId}::uuid and state = 'started'
          order by decided_at desc limit 1) as last
      join change c on c.subject_id = last.subject_id
    where c.state in ('proposed', 'applying')`.execute(tx);
  return rows[0];
}

/** The firing that waits for the one before, with the id of the person who asked for it, if one did. */
async function findQueued(
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

/** Clocks of the platform's machines may differ by so much. */
const clockMs = 60_000;

/** Whether a schedule, as it is, is due at a time that has come: this is asked here, not believed of whoever says so. */
function isDue(schedule: LockedSchedule, dueAt: Date): boolean {
  if (dueAt < schedule.countedFrom || dueAt.getTime() > schedule.now.getTime() + clockMs) return false;
  const [next] = firingTimes(schedule, { after: new Date(dueAt.getTime() - 1), count: 1 });
  return next?.getTime() === dueAt.getTime();
}

/** Times that passed without anybody and are too late by now. Of very many the last few are kept. */
async function noteMissed(tx: Tx, schedule: LockedSchedule, dueAt: Date): Promise<void> {
  const { rows } = await sql<{ last: Date | null }>`
    select max(due_at) as last from firing where schedule_id = ${schedule.id}::uuid and due_at < ${dueAt} and not by_hand`.execute(
    tx,
  );
  const after = new Date(Math.max(schedule.countedFrom.getTime(), rows[0]?.last?.getTime() ?? 0));
  const tooLate = new Date(Math.min(dueAt.getTime(), schedule.now.getTime() - schedule.catchUpMs) - 1);
  if (tooLate <= after) return;
  const missed = firingTimes(schedule, { after, until: tooLate, count: mostMissed });
  for (const time of missed) {
    await write(tx, schedule, time, { state: 'missed', reason: because('too-late', { due: time.toISOString() }) });
  }
  if (missed.length > 0) await tellMissed(tx, schedule, missed);
}

/** Missed times that are written down at once: of a longer outage the first ones. */
const mostMissed = 200;

async function tellMissed(tx: Tx, schedule: LockedSchedule, times: readonly Date[]): Promise<void> {
  const details = { missed: times.length, first: times[0]?.toISOString(), last: times.at(-1)?.toISOString() };
  await record(tx, schedule, {
    changed: true,
    announce: { kind: 'schedule.missed', userIds: [schedule.owner.id], details },
  });
}

/** A millisecond at which nothing is due yet. */
async function freeMoment(tx: Tx, { id, now }: LockedSchedule): Promise<Date> {
  for (let ms = now.getTime(); ; ms++) {
    const at = new Date(ms);
    if ((await stateOf(tx, id, at)) === undefined) return at;
  }
}

async function write(
  tx: Tx,
  schedule: LockedSchedule,
  dueAt: Date,
  firing: {
    readonly state: FiringState;
    readonly reason?: Reason | undefined;
    readonly subjectId?: string;
    readonly ticketId?: string | null;
    readonly byHand?: boolean;
  },
): Promise<void> {
  const { state, reason, subjectId = null, ticketId = null, byHand = false } = firing;
  const decided = {
    state,
    reason: reason === undefined ? null : JSON.stringify(reason),
    subject_id: subjectId,
    ticket_id: ticketId,
    decided_at: sql<Date>`ledger_now()`,
  };
  await tx
    .insertInto('firing')
    .values({ schedule_id: schedule.id, due_at: dueAt, by_hand: byHand, proposer_id: schedule.owner.id, ...decided })
    .onConflict((conflict) => conflict.columns(['schedule_id', 'due_at']).doUpdateSet(decided))
    .execute();
  await record(tx, schedule, { changed: true });
}
