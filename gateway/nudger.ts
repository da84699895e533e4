/** Wakes task workflows. */
export interface Nudger {
  nudge(taskId: string): void;
  /** No more nudges; those under way are left alone. */
  stop(): void;
}

const gapMs = 150;

/**
 * The first nudge of a task goes at once, and no other within 150 ms: nudges cost history, and one that comes later than
 * what it is about says as much. One that fails is not repeated: the sweeper in the workers does that.
 */
export function createNudger(options: {
  send: (taskId: string) => Promise<void>;
  onError: (error: unknown, taskId: string) => void;
}): Nudger {
  /** Tasks that were nudged just now, and whether they are to be nudged again. */
  const recent = new Map<string, { wanted: boolean }>();
  const timers = new Set<NodeJS.Timeout>();
  let stopped = false;

  async function send(taskId: string): Promise<void> {
    const entry = { wanted: false };
    recent.set(taskId, entry);
    const sentAt = performance.now();
    await options.send(taskId).catch((error: unknown) => options.onError(error, taskId));
    if (stopped) return;
    const timer = setTimeout(
      () => {
        timers.delete(timer);
        recent.delete(taskId);
        if (entry.wanted) void send(taskId);
      },
      Math.max(0, gapMs - (performance.now() - sentAt)),
    );
    timers.add(timer);
  }

  return {
    nudge(taskId) {
      if (stopped) return;
      const entry = recent.get(taskId);
      if (entry === undefined) void send(taskId);
      else entry.wanted = true;
    },
    stop() {
      stopped = true;
      for (const timer of timers) clearTimeout(timer);
    },
  };
}
