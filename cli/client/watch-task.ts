import { setTimeout as sleep } from 'node:timers/promises';
import type { TaskDetail } from '#api/contract/tasks.ts';
import type { TaskCounts } from '#domain/tasks/host-run.ts';
import { isEndedTask, type TaskState } from '#domain/tasks/task.ts';
import { openEvents } from './events.ts';
import { Unreachable, type HttpClient } from './http.ts';
import { Refusal } from './refusal.ts';
import type { TasksClient } from './tasks.ts';

/** Where a watched task stands. */
export interface TaskPositionSeen {
  readonly state: TaskState;
  readonly counts: TaskCounts;
}

export interface WatchOptions {
  readonly http: HttpClient;
  readonly tasks: TasksClient;
  readonly taskId: string;
  readonly interrupted: AbortSignal;
  onProgress(seen: TaskPositionSeen): void;
  /** The platform stopped answering (`false`) or answers again (`true`). */
  onConnection(connected: boolean): void;
  /** How long a platform that does not answer is waited for. */
  readonly patienceMs?: number;
  /** How often the task is asked for although events may come: what events tell is speed, not truth. */
  readonly pollMs?: number;
}

const defaultPatienceMs = 10 * 60_000;
const defaultPollMs = 5000;
const shortestPauseMs = 250;
const longestPauseMs = 5000;

/**
 * Follows a task to its end, through restarts of the api. Live events are resumed where they broke off; the answer is
 * always what the task itself says, never an event.
 */
export async function watchTask(options: WatchOptions): Promise<TaskDetail> {
  const { tasks, taskId, interrupted } = options;
  const patienceMs = options.patienceMs ?? defaultPatienceMs;
  const stop = new AbortController();
  const signal = AbortSignal.any([interrupted, stop.signal]);
  const bell = createBell();
  const following = followEvents({ ...options, signal, ring: bell.ring });
  let unheardSince: number | undefined;
  let pauseMs = shortestPauseMs;
  try {
    for (;;) {
      try {
        const task = await tasks.get(taskId, { patienceMs: 0 });
        if (unheardSince !== undefined) options.onConnection(true);
        unheardSince = undefined;
        pauseMs = shortestPauseMs;
        options.onProgress(task);
        if (isEndedTask(task.state)) return task;
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

/** Keeps the event stream of the task open until it is told to stop; rings where the task should be looked at. */
async function followEvents(options: WatchOptions & { signal: AbortSignal; ring: () => void }): Promise<void> {
  const { http, taskId, signal, ring } = options;
  let lastEventId: string | undefined;
  let pauseMs = shortestPauseMs;
  while (!signal.aborted) {
    try {
      for await (const event of openEvents(http, { topics: [`task:${taskId}`], lastEventId, signal, onOpen: ring })) {
        pauseMs = shortestPauseMs;
        lastEventId = event.id ?? lastEventId;
        if (event.event === 'id') continue;
        const seen = positionIn(event.data);
        if (seen !== undefined && !isEndedTask(seen.state)) options.onProgress(seen);
        else ring();
      }
    } catch (error) {
      // No events for us (permission, a proxy that cuts them off): the task is polled all the same.
      if (error instanceof Refusal) return;
    }
    ring();
    await sleep(pauseMs, undefined, { signal }).catch(() => undefined);
    pauseMs = Math.min(pauseMs * 2, longestPauseMs);
  }
}

function positionIn(data: string): TaskPositionSeen | undefined {
  try {
    const event = JSON.parse(data) as Partial<TaskPositionSeen>;
    return event.state !== undefined && event.counts !== undefined
      ? { state: event.state, counts: event.counts }
      : undefined;
  } catch {
    return undefined;
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
