import { sql } from 'kysely';
import type { Database, Tx } from '#db/database.ts';
import { readTaskWindow, type TaskWindow } from '#db/tasks/task-windows.ts';
import { decideInWindow, type WindowDecision } from '#domain/tasks/task-window.ts';
import { transactOnce } from '#ledger/kernel/transact.ts';
import type { OutstandingCommand } from './delivery.ts';
import { handOutHostRuns } from './host-run-moves.ts';
import { record } from './record.ts';
import { noteInWindow } from './task-window.ts';

/** Channel on which gateways hear that another one handed hosts of theirs out; the payload is `<gateway> <task>`. */
export const handOutChannel = 'signalbox_hand_out';

/** Hosts that are handed out in one transaction at most: so long other tasks wait for the agents concerned. */
const block = 500;
/** Live pages hear of a task once in so many milliseconds at most. */
const tellEveryMs = 1_000;

/** What a call did, and what its gateway does next. */
export interface SettledTask {
  /** For agents that this gateway holds, in the order of hand-out. */
  readonly commands: readonly OutstandingCommand[];
  /** Places are left: call again, after the other tasks. */
  readonly more: boolean;
  /** The task's workflow is to be woken. */
  readonly wake: boolean;
  /** Live pages do not know yet how the task stands: call again after so many milliseconds. */
  readonly tellInMs: number | undefined;
}

const nothing: SettledTask = { commands: [], more: false, wake: false, tellInMs: undefined };

/**
 * Does what a task needs after hosts of it have ended and before its workflow decides anything: hands out the next ones as
 * far as its window is open, or finds that the workflow has to be woken. It looks without a lock first; then everything
 * happens under the task's lock, on counts read after it was got. Never changes the task's state or step. Safe to call at
 * any time, by any gateway; a lock that does not come in time throws, and another call will do.
 */
export async function settleTask(db: Database, input: { taskId: string; gatewayId: string }): Promise<SettledTask> {
  const seen = await readTaskWindow(db, input.taskId);
  if (seen === undefined) return nothing;
  if (decideInWindow(seen).do === 'nothing' && !isTellable(seen)) {
    return { ...nothing, tellInMs: tellEveryMs - seen.toldMsAgo };
  }
  return transactOnce(db, (tx) => settleLocked(tx, input));
}

const isTellable = (window: TaskWindow) => window.toldMsAgo >= tellEveryMs;

async function settleLocked(
  tx: Tx,
  { taskId, gatewayId }: { taskId: string; gatewayId: string },
): Promise<SettledTask> {
  await sql`select from task where id = ${taskId}::uuid for no key update`.execute(tx);
  const window = await readTaskWindow(tx, taskId);
  if (window === undefined) return nothing;
  const told = isTellable(window);
  const { counts, ...settled } = await carryOutDecision(
    tx,
    { taskId, gatewayId, told },
    window,
    decideInWindow(window),
  );
  if (told) await record(tx, { id: taskId }, { shown: { state: window.state, counts } });
  return { ...settled, tellInMs: told ? undefined : tellEveryMs - window.toldMsAgo };
}

async function carryOutDecision(
  tx: Tx,
  { taskId, gatewayId, told }: { taskId: string; gatewayId: string; told: boolean },
  window: TaskWindow,
  decision: WindowDecision,
): Promise<Omit<SettledTask, 'tellInMs'> & Pick<TaskWindow, 'counts'>> {
  const { counts } = window;
  switch (decision.do) {
    case 'nothing':
      if (told) await noteInWindow(tx, taskId, { told });
      return { ...nothing, counts };
    case 'wake':
      await noteInWindow(tx, taskId, { told, due: decision.due });
      return { ...nothing, counts, wake: true };
    case 'hand-out': {
      const { nextOrd: from, step } = window;
      const limit = Math.min(decision.hosts, block);
      const handedOut = await handOutHostRuns(tx, taskId, step, { limit, from });
      const { hosts, commands, gateways } = handedOut;
      // Whoever waits before the cursor after all is found by the next call.
      await noteInWindow(tx, taskId, { told, nextOrd: hosts === 0 ? 0 : handedOut.nextOrd });
      for (const other of gateways.filter((gateway) => gateway !== gatewayId)) {
        await sql`select pg_notify(${handOutChannel}, ${`${other} ${taskId}`})`.execute(tx);
      }
      return {
        commands: commands.filter((command) => command.gatewayId === gatewayId),
        more: hosts === 0 ? from > 0 : decision.hosts > hosts,
        wake: false,
        counts: { ...counts, pending: counts.pending - hosts, running: counts.running + hosts },
      };
    }
  }
}
