import type { OutstandingCommand } from '#ledger/tasks/delivery.ts';
import type { SettledTask } from '#ledger/tasks/settle-task.ts';

/** Hands tasks out as places become free, and has their workflows woken when there is something to decide. */
export interface Settler {
  /** Something of this task has ended (or may have); it is looked at after the tasks that were asked for before. */
  settle(taskId: string): void;
  /** Begins nothing new; resolves when what is under way has ended. */
  stop(): Promise<void>;
}

/** More would only wait for the same agents' rows. */
const parallel = 2;
/**
 * The database sessions of a settler. They hold a task's lock, which a pause or a kill waits for: where the gateway stands
 * still inside of a transaction, PostgreSQL ends the session, and nothing has been handed out.
 */
export const handOutSessions = {
  max: parallel,
  limits: { statementMs: 10_000, lockMs: 1_000, idleInTransactionMs: 2_000 },
} as const;
/** After an error (a lock that did not come, a ledger that is away). */
const retryMs = 500;

/**
 * Tasks are taken in the order in which they were asked for, two at a time, each once: a call for a task that is under way
 * is remembered and comes after the others. A task with much to hand out goes to the end of the queue after each block.
 */
export function createSettler(options: {
  settle: (taskId: string) => Promise<SettledTask>;
  deliver: (commands: readonly OutstandingCommand[]) => Promise<unknown>;
  wake: (taskId: string) => void;
  onError: (error: unknown, taskId: string) => void;
}): Settler {
  const queue = new Set<string>();
  const underWay = new Map<string, Promise<void>>();
  const again = new Set<string>();
  const timers = new Map<string, NodeJS.Timeout>();
  let stopped = false;

  function settle(taskId: string): void {
    if (stopped) return;
    if (underWay.has(taskId)) again.add(taskId);
    else queue.add(taskId);
    work();
  }

  function settleIn(taskId: string, ms: number): void {
    if (stopped || timers.has(taskId)) return;
    const timer = setTimeout(() => {
      timers.delete(taskId);
      settle(taskId);
    }, ms);
    timers.set(taskId, timer);
  }

  function work(): void {
    for (const taskId of queue) {
      if (underWay.size >= parallel) return;
      queue.delete(taskId);
      underWay.set(
        taskId,
        one(taskId).finally(() => {
          underWay.delete(taskId);
          if (again.delete(taskId)) settle(taskId);
          else work();
        }),
      );
    }
  }

  async function one(taskId: string): Promise<void> {
    try {
      const { commands, more, wake, tellInMs } = await options.settle(taskId);
      if (wake) options.wake(taskId);
      if (more) again.add(taskId);
      if (tellInMs !== undefined) settleIn(taskId, tellInMs);
      // What is not sent now goes with the next pull; the next block need not wait for it.
      options.deliver(commands).catch((error: unknown) => options.onError(error, taskId));
    } catch (error) {
      options.onError(error, taskId);
      settleIn(taskId, retryMs);
    }
  }

  return {
    settle,
    async stop() {
      stopped = true;
      queue.clear();
      for (const timer of timers.values()) clearTimeout(timer);
      await Promise.all(underWay.values());
    },
  };
}
