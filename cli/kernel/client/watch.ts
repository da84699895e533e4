import { setTimeout as sleep } from 'node:timers/promises';
import { openEvents } from './events.ts';
import { Unreachable, type HttpClient } from './http.ts';
import { Refusal } from './refusal.ts';

export interface WatchOfOptions<Seen> {
  readonly http: HttpClient;
  /** Topic of the live events that tell of it. */
  readonly topic: string;
  readonly interrupted: AbortSignal;
  /** The thing itself as it is now; asked once, without patience. */
  look(): Promise<Seen>;
  isEnd(seen: Seen): boolean;
  /** Called with everything that was looked at. */
  onLook(seen: Seen): void;
  /** Whether an event said enough: `false` looks at the thing itself. */
  onEvent?(data: string): boolean;
  /** The platform stopped answering (`false`) or answers again (`true`). */
  onConnection(connected: boolean): void;
  /** How long a platform that does not answer is waited for. */
  readonly patienceMs?: number;
  /** How often it is looked at although events may come: what events tell is speed, not truth. */
  readonly pollMs?: number;
}

const defaultPatienceMs = 10 * 60_000;
const defaultPollMs = 5000;
const shortestPauseMs = 250;
const longestPauseMs = 5000;

/**
 * Follows something that lasts to its end, through restarts of the api. Live events are resumed where they broke off;
 * the answer is always what the thing itself says, never an event.
 */
export async function watchToEnd<Seen>(options: WatchOfOptions<Seen>): Promise<Seen> {
  const { interrupted } = options;
  const patienceMs = options.patienceMs ?? defaultPatienceMs;
  const stop = new AbortController();
  const signal = AbortSignal.any([interrupted, stop.signal]);
  const bell = createBell();
  const following = followEvents(options, signal, bell.ring);
  let unheardSince: number | undefined;
  let pauseMs = shortestPauseMs;
  try {
    for (;;) {
      try {
        const seen = await options.look();
        if (unheardSince !== undefined) options.onConnection(true);
        unheardSince = undefined;
        pauseMs = shortestPauseMs;
        options.onLook(seen);
        if (options.isEnd(seen)) return seen;
        await bell.wait(options.pollMs ?? defaultPollMs, interrupted);
      } catch (error) {
        if (!(error instanceof Unreachable) || interrupted.aborted) throw error;
        if (unheardSince === undefined) options.onConnection(false);
        unheardSince ??= Date.now();
        if (Date.now() - unheardSince > patienceMs) throw error;
        await sleep(pauseMs, undefined, { signal: interrupted });
        pauseMs = Math.min(pauseMs * 2, longestPauseMs);
      }
    }
  } finally {
    stop.abort();
    await following;
  }
}

/** Keeps the event stream open until it is told to stop; rings where the thing itself should be looked at. */
async function followEvents<Seen>(options: WatchOfOptions<Seen>, signal: AbortSignal, ring: () => void): Promise<void> {
  const { http, topic } = options;
  let lastEventId: string | undefined;
  let pauseMs = shortestPauseMs;
  while (!signal.aborted) {
    try {
      for await (const event of openEvents(http, { topics: [topic], lastEventId, signal, onOpen: ring })) {
        pauseMs = shortestPauseMs;
        lastEventId = event.id ?? lastEventId;
        if (event.event === 'id') continue;
        if (options.onEvent?.(event.data) !== true) ring();
      }
    } catch (error) {
      // No events for us (permission, a proxy that cuts them off): it is polled all the same.
      if (error instanceof Refusal) return;
    }
    ring();
    await sleep(pauseMs, undefined, { signal }).catch(() => undefined);
    pauseMs = Math.min(pauseMs * 2, longestPauseMs);
  }
}

/** A wait that can be cut short from elsewhere; a ring while nobody waits counts for the next wait. */
function createBell(): { ring: () => void; wait: (ms: number, interrupted: AbortSignal) => Promise<void> } {
  let rung = false;
  let wake: (() => void) | undefined;
  return {
    ring() {
      rung = true;
      wake?.();
    },
    async wait(ms, interrupted) {
      const cut = new AbortController();
      wake = () => cut.abort();
      try {
        if (!rung) await sleep(ms, undefined, { signal: AbortSignal.any([cut.signal, interrupted]) });
      } catch (error) {
        if (interrupted.aborted) throw error;
      } finally {
        rung = false;
        wake = undefined;
      }
    },
  };
}
