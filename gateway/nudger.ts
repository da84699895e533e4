/** Wakes task workflows, many results at a time. */
export interface Nudger {
  nudge(taskId: string): void;
  /** No more nudges; those under way are left alone. */
  stop(): void;
}

const youngGapMs = 150;
const oldGapMs = 1_000;
const youngForMs = 10_000;
/** A task that got no result for this long is forgotten (and young again, should one come). */
const forgetMs = 60_000;

/**
 * The first nudge of a task goes at once; later ones at most every 150 ms, and at most every second once the task is
 * older than 10 s here. One is under way per task at a time; one that fails is not repeated (the workflow has a timer).
 */
export function createNudger(options: {
  send: (taskId: string) => Promise<void>;
  onError: (error: unknown, taskId: string) => void;
}): Nudger {
  interface Entry {
    readonly since: number;
    wanted: boolean;
    /** Under way, or waiting for the gap to pass. */
    busy: boolean;
    timer?: NodeJS.Timeout;
  }
  const entries = new Map<string, Entry>();
  let stopped = false;

  function later(entry: Entry, ms: number, then: () => void): void {
    clearTimeout(entry.timer);
    entry.timer = setTimeout(then, ms).unref();
  }

  async function send(taskId: string, entry: Entry): Promise<void> {
    entry.wanted = false;
    entry.busy = true;
    const startedAt = performance.now();
    await options.send(taskId).catch((error: unknown) => options.onError(error, taskId));
    const gap = performance.now() - entry.since > youngForMs ? oldGapMs : youngGapMs;
    later(entry, Math.max(0, gap - (performance.now() - startedAt)), () => {
      entry.busy = false;
      if (stopped) return;
      if (entry.wanted) void send(taskId, entry);
      else later(entry, forgetMs, () => entries.delete(taskId));
    });
  }

  return {
    nudge(taskId) {
      if (stopped) return;
      const entry: Entry = entries.get(taskId) ?? { since: performance.now(), wanted: false, busy: false };
      entries.set(taskId, entry);
      entry.wanted = true;
      if (!entry.busy) void send(taskId, entry);
    },
    stop() {
      stopped = true;
      for (const entry of entries.values()) clearTimeout(entry.timer);
      entries.clear();
    },
  };
}
