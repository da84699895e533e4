/** Wakes task workflows, many results at a time. */
export interface Nudger {
  nudge(taskId: string): void;
  /** No more nudges; those under way are left alone. */
  stop(): void;
}

/** How a task stands: hosts wait for a place, hosts only run, or neither. */
export type TaskStanding = 'waiting' | 'running' | 'over';

const tickMs = 150;
const slowGapMs = 1_000;
const youngForMs = 10_000;
/** A task that got no result for this long is forgotten (and young again, should one come). */
const forgetMs = 60_000;

/**
 * The first nudge of a task goes at once. Later ones go every 150 ms at most while hosts wait for a place of those that
 * ended, every second once the task is older than 10 s here or where nothing waits, and within 150 ms when nothing is left
 * to run: nudges cost history, and only those in which there is something to decide are worth it. One is under way per
 * task at a time; one that fails is not repeated (the workflow has a timer).
 */
export function createNudger(options: {
  /** Asked before each nudge but the first of a task. */
  look: (taskId: string) => Promise<TaskStanding>;
  send: (taskId: string) => Promise<void>;
  onError: (error: unknown, taskId: string) => void;
}): Nudger {
  interface Entry {
    readonly since: number;
    wanted: boolean;
    /** Under way, or waiting for the next tick. */
    busy: boolean;
    sentAt?: number;
    timer?: NodeJS.Timeout;
  }
  const entries = new Map<string, Entry>();
  let stopped = false;

  function later(entry: Entry, ms: number, then: () => void): void {
    clearTimeout(entry.timer);
    entry.timer = setTimeout(then, ms).unref();
  }

  async function isDue(taskId: string, { since, sentAt }: Entry): Promise<boolean> {
    if (sentAt === undefined || performance.now() - sentAt >= slowGapMs) return true;
    const standing = await options.look(taskId).catch((): TaskStanding => 'waiting');
    if (standing === 'over') return true;
    return standing === 'waiting' && performance.now() - since <= youngForMs;
  }

  async function tick(taskId: string, entry: Entry): Promise<void> {
    entry.busy = true;
    const startedAt = performance.now();
    entry.wanted = false;
    if (await isDue(taskId, entry)) {
      entry.sentAt = performance.now();
      await options.send(taskId).catch((error: unknown) => options.onError(error, taskId));
    } else {
      entry.wanted = true;
    }
    if (stopped) return;
    later(entry, Math.max(0, tickMs - (performance.now() - startedAt)), () => {
      entry.busy = false;
      if (stopped) return;
      if (entry.wanted) void tick(taskId, entry);
      else later(entry, forgetMs, () => entries.delete(taskId));
    });
  }

  return {
    nudge(taskId) {
      if (stopped) return;
      const entry: Entry = entries.get(taskId) ?? { since: performance.now(), wanted: false, busy: false };
      entries.set(taskId, entry);
      entry.wanted = true;
      if (!entry.busy) void tick(taskId, entry);
    },
    stop() {
      stopped = true;
      for (const entry of entries.values()) clearTimeout(entry.timer);
      entries.clear();
    },
  };
}
