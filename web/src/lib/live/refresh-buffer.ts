interface Entry {
  readonly refresh: () => unknown;
  marked: boolean;
  busy: boolean;
  calledAt: number;
}

/** One who is told that something changed. */
export interface RefreshHandle {
  /** Something changed: the refresh is due. */
  mark(): void;
  /** It is never called again. */
  cancel(): void;
}

/** Between two rounds, whoever is called. */
const roundMs = 250;
/** Between two calls of the same refresh. */
const callMs = 1_000;
/** What comes in one burst goes out in one round. */
const gatherMs = 30;

/**
 * Turns floods of events into few refreshes: at most four rounds a second, each refresh at most once a second and never
 * again before its last one has settled; none while paused. What was marked is called in the end, always.
 */
export class RefreshBuffer {
  readonly #entries = new Set<Entry>();
  #paused = false;
  #roundAt = -Infinity;
  #plannedAt: number | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  add(refresh: () => unknown): RefreshHandle {
    const entry: Entry = { refresh, marked: false, busy: false, calledAt: -Infinity };
    this.#entries.add(entry);
    return {
      mark: () => {
        entry.marked = true;
        this.#plan();
      },
      cancel: () => void this.#entries.delete(entry),
    };
  }

  markAll(): void {
    for (const entry of this.#entries) entry.marked = true;
    this.#plan();
  }

  /** While paused nothing is called; what is marked meanwhile is called on going on. */
  pause(paused: boolean): void {
    this.#paused = paused;
    this.#plan();
  }

  /** A round that is planned stays where it is, unless one is due earlier: marks that keep coming must not put it off. */
  #plan(): void {
    const due = this.#paused
      ? []
      : [...this.#entries].filter((e) => e.marked && !e.busy).map((e) => e.calledAt + callMs);
    const now = Date.now();
    const at = Math.max(now + gatherMs, this.#roundAt + roundMs, Math.min(...due));
    if (due.length > 0 && this.#plannedAt !== undefined && this.#plannedAt <= at) return;
    clearTimeout(this.#timer);
    this.#plannedAt = due.length === 0 ? undefined : at;
    if (due.length > 0) this.#timer = setTimeout(() => this.#round(), at - now);
  }

  #round(): void {
    const now = Date.now();
    this.#roundAt = now;
    this.#plannedAt = undefined;
    for (const entry of [...this.#entries]) {
      if (entry.marked && !entry.busy && now >= entry.calledAt + callMs) void this.#call(entry, now);
    }
    this.#plan();
  }

  async #call(entry: Entry, now: number): Promise<void> {
    Object.assign(entry, { marked: false, busy: true, calledAt: now });
    try {
      await entry.refresh();
    } catch {
      // Whoever refreshes shows what went wrong; the next event tries again.
    }
    entry.busy = false;
    if (entry.marked) this.#plan();
  }
}
