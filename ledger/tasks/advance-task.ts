import { sql } from 'kysely';
import type { Database, Tx } from '#db/database.ts';
import { transact } from '#ledger/kernel/transact.ts';
import { moveChange } from '#ledger/changes/change-row.ts';
import type { TaskCounts } from '#domain/tasks/host-run.ts';
import type { AdvanceResult } from '#domain/tasks/ports.ts';
import { decide, errorLimit, type TaskDecision, type TaskPosition } from '#domain/tasks/task-policy.ts';
import { isEndedTask, stoppingActions } from '#domain/tasks/task.ts';
import { type HostRunTally, tallyHostRuns } from '#db/tasks/host-run-counts.ts';
import { handOutHostRuns, revokeWaitingHostRuns } from './host-run-moves.ts';
import { loseHostRuns, nextLeaseEndMs } from './lose-host-runs.ts';
import { type LockedTask, lockTask } from './lock-task.ts';
import { record } from './record.ts';
import { putWindow, removeWindow } from './task-window.ts';

/** How soon to look again though nothing was heard, in milliseconds: later and later as a task grows old. */
const recheck = { soon: 1_000, awaiting: 30_000, usual: 60_000, ageShare: 1 / 4, leaseMargin: 250 } as const;
/** Hosts that one advance hands out at most; gateways hand out the rest in the window that it opens. */
const firstHosts = 1_000;

/**
 * Moves a task on by one step, in one transaction under the lock of its row: marks lost hosts, stops, hands out, ends. While
 * it runs, and nobody asks for a pause or a kill, it leaves a window open in which gateways go on handing out (settleTask).
 * Only `step` = the ledger's step + 1 does anything; every other answers where the ledger stands, with the gateways of the
 * last step, so that a repeat after a lost answer still delivers. A task that waits for its ticket, or was refused, is not
 * moved at all. Throws `not-found` for an unknown task.
 */
export async function advanceTask(
  db: Database,
  input: { taskId: string; step: number; leaseMs: number },
): Promise<AdvanceResult> {
  return transact(db, async (tx) => {
    const task = await lockTask(tx, input.taskId);
    const { state } = task;
    if (state === 'awaiting-approval' || isEndedTask(state) || input.step !== task.step + 1) return standing(task);
    return advanceLocked(tx, task, state, input.leaseMs);
  });
}

/** What a call that does nothing answers. */
function standing(task: LockedTask): AdvanceResult {
  return {
    step: task.step,
    state: task.state,
    ended: isEndedTask(task.state),
    counts: task.counts,
    deliverTo: task.lastAdvance?.deliverTo ?? [],
    recheckMs: task.state === 'awaiting-approval' ? recheck.awaiting : recheck.soon,
    ...describe(task),
  };
}

/** What people and the ticket have to know of a task; without a ticket there is no word of one, as in older histories. */
function describe({ title, requester, nodes, ticketId }: LockedTask) {
  return { title, requester, nodes, ...(ticketId === null ? {} : { ticketId }) };
}

/** States in which a task can be moved on. */
type OpenState = TaskPosition['state'];
type MovedState = OpenState | 'succeeded' | 'failed' | 'killed';

async function advanceLocked(tx: Tx, task: LockedTask, from: OpenState, leaseMs: number): Promise<AdvanceResult> {
  const step = task.step + 1;
  let state: MovedState = from;
  if (state === 'submitted') {
    state = 'running';
    await record(tx, task, { story: [{ kind: 'started' }] });
  }
  const gateways = new Set<string>();
  // From the commit of such a request on no host is handed out, whether or not Temporal can carry it out by now.
  const stopping = await isStopRequested(tx, task.id);
  let toHandOut = stopping ? 0 : firstHosts;
  let tally: HostRunTally;
  for (;;) {
    const lost = await loseHostRuns(tx, task.id, leaseMs);
    if (lost > 0) await record(tx, task, { story: [{ kind: 'hosts-lost', details: { hosts: lost } }] });
    tally = await tallyHostRuns(tx, task.id);
    const decision = decideFor(task, state, tally);
    if (decision.do === 'end') state = decision.state;
    if (decision.do === 'end' || decision.do === 'wait') break;
    if (decision.do === 'stop-handing-out') {
      const stopped = state !== 'killing';
      const hosts = await revokeWaitingHostRuns(tx, task.id, stopped ? 'stoppedByErrorStrategy' : 'revokedBeforeStart');
      if (stopped) {
        const details = { errors: tally.errors, revoked: hosts };
        await record(tx, task, { story: [{ kind: 'stopped-by-errors', details }] });
      }
      if (hosts === 0) break;
    } else {
      if (toHandOut === 0) break;
      const handedOut = await handOutHostRuns(tx, task.id, step, { limit: Math.min(decision.hosts, toHandOut) });
      for (const gateway of handedOut.gateways) gateways.add(gateway);
      toHandOut -= handedOut.hosts;
      if (handedOut.hosts === 0) break;
    }
  }
  const result: AdvanceResult = {
    step,
    state,
    ended: isEndedTask(state),
    counts: tally.counts,
    deliverTo: [...gateways].sort(),
    recheckMs: await recheckMs(tx, task, leaseMs),
    ...describe(task),
  };
  if (result.ended) await removeWindow(tx, task.id);
  else await putWindow(tx, task.id, { open: state === 'running' && !stopping, ...limitsOf(task, tally), leaseMs });
  await moveTask(tx, task, result);
  return result;
}

/** What people have asked for and nobody has carried out yet. */
async function isStopRequested(tx: Tx, taskId: string): Promise<boolean> {
  const row = await tx
    .selectFrom('operation')
    .select('id')
    .where('noun', '=', 'task')
    .where('subject_id', '=', taskId)
    .where('state', '=', 'requested')
    .where('action', 'in', [...stoppingActions])
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

function limitsOf({ strategy }: LockedTask, { knownHosts }: HostRunTally) {
  return { concurrency: strategy.concurrency, errorLimit: errorLimit(strategy.onError, knownHosts) };
}

function decideFor(task: LockedTask, state: MovedState, tally: HostRunTally): TaskDecision {
  if (state === 'succeeded' || state === 'failed' || state === 'killed') return { do: 'end', state };
  return decide({ state, ...limitsOf(task, tally), ...tally });
}

/** A host that falls silent meanwhile is found by the sweeper, as is a nudge that got lost. */
async function recheckMs(tx: Tx, task: LockedTask, leaseMs: number): Promise<number> {
  const lease = await nextLeaseEndMs(tx, task.id, leaseMs);
  const usual = Math.max(recheck.usual, task.ageMs * recheck.ageShare);
  return Math.round(Math.min(usual, Math.max(recheck.soon, (lease ?? Infinity) + recheck.leaseMargin)));
}

async function moveTask(tx: Tx, task: LockedTask, result: AdvanceResult): Promise<void> {
  await tx
    .updateTable('task')
    .set((eb) => ({
      state: result.state,
      step: result.step,
      last_advance: JSON.stringify(result),
      recheck_at: sql<Date>`ledger_now() + make_interval(secs => ${result.recheckMs / 1000})`,
      counts: JSON.stringify(result.counts),
      ...(result.state === 'paused' ? {} : { started_at: eb.fn.coalesce('started_at', eb.fn<Date>('ledger_now')) }),
      ...(result.ended ? { ended_at: eb.fn<Date>('ledger_now') } : {}),
    }))
    .where('id', '=', task.id)
    .execute();
  const { state, counts } = result;
  if (result.ended && task.ticketId === null) {
    await moveChange(tx, task.id, state === 'succeeded' ? 'done' : 'failed');
  }
  const moved = state !== task.state;
  await record(tx, task, {
    story: result.ended ? [{ kind: 'ended', details: { state, counts } }] : [],
    listed: moved ? state : undefined,
    shown: moved || !sameCounts(counts, task.counts) ? { state, counts } : undefined,
  });
}

function sameCounts(one: TaskCounts, other: TaskCounts): boolean {
  return (Object.keys(one) as (keyof TaskCounts)[]).every((group) => one[group] === other[group]);
}
