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
import { type Asker, findPredecessor, findQueued, freeMoment, stateOf, writeFiring } from './firing-rows.ts';
import { findLocked, type LockedSchedule, lockSchedule } from './lock-schedule.ts';
import { noteMissed, tellMissed } from './missed-firings.ts';
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
  readonly by: Asker;
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
    asker?: Asker,
  ): Promise<Fired> {
    const { kind, payload } = schedule;
    const answer = await propose.within(tx, { proposer, origin, kind, payload });
    const { subjectId, ticket } = answer;
    await writeFiring(tx, schedule, dueAt, { state: 'started', subjectId, ticketId: ticket?.id ?? null, asker });
    return { state: 'started', started: startedBy(answer) };
  }

  /** With the rights of the owner, or of whoever asked for it by hand, as they are now. */
  async function startLater(tx: Tx, schedule: LockedSchedule, dueAt: Date, askedBy?: string): Promise<Fired> {
    const proposer = await findCallerByUserId(tx, askedBy ?? schedule.owner.id);
    if (proposer === undefined) throw new Problem('forbidden', because('owner-gone', { owner: schedule.owner.name }));
    return start(tx, schedule, dueAt, proposer, { from: 'schedule' });
  }

  /** Ends the predecessor, and what waits for it gives way to the firing of `dueAt`. */
  async function replace(tx: Tx, schedule: LockedSchedule, dueAt: Date, by: Asker): Promise<void> {
    await tx
      .updateTable('firing')
      .set({ state: 'skipped', reason: JSON.stringify(because('replaced-by-later', { due: dueAt.toISOString() })) })
      .where('schedule_id', '=', schedule.id)
      .where('state', '=', 'queued')
      .where('due_at', '<>', dueAt)
      .execute();
    const before = await findPredecessor(tx, schedule.id);
    if (before === undefined) return;
    await endChange(tx, { subjectId: before.subjectId, ticketId: before.ticketId, by });
  }

  /** Decides on a firing that has no row yet, or one that says `missed`; `asker`: the person who asks for it by hand. */
  async function decide(
    tx: Tx,
    schedule: LockedSchedule,
    dueAt: Date,
    begin: () => Promise<Fired>,
    asker?: Asker,
  ): Promise<Fired> {
    const predecessor = await findPredecessor(tx, schedule.id);
    const queued = await findQueued(tx, schedule.id);
    const made = decideFiring({ ...schedule, dueAt, byHand: asker !== undefined, predecessor, queued });
    if (made.decision === 'start') return begin();
    const { reason } = made;
    if (made.decision === 'queue') {
      await writeFiring(tx, schedule, dueAt, { state: 'queued', reason, asker });
      if (made.replace) await replace(tx, schedule, dueAt, asker ?? schedule.owner);
      return { state: 'queued', reason };
    }
    const state = made.decision === 'miss' ? 'missed' : 'skipped';
    await writeFiring(tx, schedule, dueAt, { state, reason, asker });
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
        await noteMissed(tx, schedule, dueAt);
        await writeFiring(tx, schedule, dueAt, { state: 'refused', reason });
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
        return decide(tx, schedule, due.dueAt, () => startLater(tx, schedule, due.dueAt));
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
      const asker = { id: caller.actor.id, name: caller.actor.name };
      const begin = () => start(tx, schedule, dueAt, caller, origin, asker);
      const fired = await decide(tx, schedule, dueAt, begin, asker);
      if (fired.state === 'skipped') throw new Problem('not-in-this-state', fired.reason);
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

/** Clocks of the platform's machines may differ by so much. */
const clockMs = 60_000;

/** Whether a schedule, as it is, is due at a time that has come: this is asked here, not believed of whoever says so. */
function isDue(schedule: LockedSchedule, dueAt: Date): boolean {
  if (dueAt < schedule.countedFrom || dueAt.getTime() > schedule.now.getTime() + clockMs) return false;
  const [next] = firingTimes(schedule, { after: new Date(dueAt.getTime() - 1), count: 1 });
  return next?.getTime() === dueAt.getTime();
}
