import type { Database, Tx } from '#db/database.ts';
import { transact } from '#ledger/kernel/transact.ts';
import { moveChange } from '#ledger/changes/change-row.ts';
import type { TaskCounts } from '#domain/tasks/host-run.ts';
import type { AdvanceResult } from '#domain/tasks/ports.ts';
import { decide, type TaskDecision, type TaskPosition } from '#domain/tasks/task-policy.ts';
import { isEndedTask } from '#domain/tasks/task.ts';
import { type HostRunTally, tallyHostRuns } from '#db/tasks/host-run-counts.ts';
import { handOutHostRuns, revokeWaitingHostRuns } from './host-run-moves.ts';
import { loseHostRuns, nextLeaseEndMs } from './lose-host-runs.ts';
import { type LockedTask, lockTask } from './lock-task.ts';
import { record } from './record.ts';

/** How soon to look again though nothing was heard, in milliseconds. */
const recheck = { least: 1_000, usual: 30_000, leaseMargin: 250 } as const;

/**
 * Moves a task on by one step, in one transaction under the lock of its row: marks lost hosts, stops, hands out, ends.
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
    recheckMs: task.state === 'awaiting-approval' ? recheck.usual : recheck.least,
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
      const handedOut = await handOutHostRuns(tx, task.id, step, decision.hosts);
      for (const gateway of handedOut.gateways) gateways.add(gateway);
      if (handedOut.hosts === 0) break;
    }
  }
  const result: AdvanceResult = {
    step,
    state,
    ended: isEndedTask(state),
    counts: tally.counts,
    deliverTo: [...gateways].sort(),
    recheckMs: await recheckMs(tx, task.id, leaseMs),
    ...describe(task),
  };
  await moveTask(tx, task, result);
  return result;
}

function decideFor(task: LockedTask, state: MovedState, tally: HostRunTally): TaskDecision {
  if (state === 'succeeded' || state === 'failed' || state === 'killed') return { do: 'end', state };
  return decide({ state, concurrency: task.strategy.concurrency, onError: task.strategy.onError, ...tally });
}

async function recheckMs(tx: Tx, taskId: string, leaseMs: number): Promise<number> {
  const lease = await nextLeaseEndMs(tx, taskId, leaseMs);
  // A host may fall silent the moment after: a lease shorter than the usual wait is looked at in time.
  if (lease === undefined) return Math.min(recheck.usual, Math.max(recheck.least, leaseMs));
  return Math.round(Math.min(recheck.usual, Math.max(recheck.least, lease + recheck.leaseMargin)));
}

async function moveTask(tx: Tx, task: LockedTask, result: AdvanceResult): Promise<void> {
  await tx
    .updateTable('task')
    .set((eb) => ({
      state: result.state,
      step: result.step,
      last_advance: JSON.stringify(result),
      advanced_at: eb.fn<Date>('ledger_now'),
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
