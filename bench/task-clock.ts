import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SubmittedTask, TaskDetail, TaskInput } from '#api/tasks/tasks.contract.ts';
import { createEventParser } from '#cli/kernel/client/events.ts';
import { isEndedTask, type TaskState } from '#domain/tasks/task.ts';
import type { Platform } from '#tests/support/platform.ts';

/** One task as its caller saw it. */
export interface TimedTask {
  readonly task: TaskDetail;
  /** From just before the POST to the event that says that the task has ended. */
  readonly seconds: number;
  /** The POST alone. */
  readonly submitSeconds: number;
}

/** Runs tasks through the HTTP API and times them by the event stream, as the command line watches them. */
export interface TaskClock {
  /** Throws where a host did not succeed: the figure of a failed run would be no figure. */
  run(input: TaskInput): Promise<TimedTask>;
  close(): Promise<void>;
}

/** In case an event should be missed, the task itself is asked this often. */
const askEveryMs = 2_000;

export async function openTaskClock(platform: Platform, options: { withinMs: number }): Promise<TaskClock> {
  const { url, token } = platform.signIn();
  const stop = new AbortController();
  const response = await fetch(new URL('/api/v1/events?topic=tasks', url), {
    headers: { authorization: `Bearer ${token}`, accept: 'text/event-stream' },
    signal: stop.signal,
  });
  if (!response.ok || response.body === null) throw new Error(`event stream: ${response.status}`);
  const { body } = response;
  const endedAt = new Map<string, number>();
  let heard: (() => void) | undefined;

  async function listen(): Promise<void> {
    const parse = createEventParser();
    const decoder = new TextDecoder();
    for await (const piece of body) {
      const now = performance.now();
      for (const event of parse(decoder.decode(piece as Uint8Array, { stream: true }))) {
        if (event.event !== 'tasks') continue;
        const { id, state } = JSON.parse(event.data) as { id: string; state: TaskState };
        if (isEndedTask(state)) endedAt.set(id, now);
      }
      heard?.();
    }
  }
  const listening = listen().catch(() => undefined);

  async function untilEnded(id: string): Promise<number> {
    const deadline = performance.now() + options.withinMs;
    while (performance.now() < deadline) {
      const at = endedAt.get(id);
      if (at !== undefined) return at;
      const cut = new AbortController();
      heard = () => cut.abort();
      await sleep(askEveryMs, undefined, { signal: cut.signal }).catch(() => undefined);
      if (cut.signal.aborted) continue;
      const { state } = await platform.api.get<TaskDetail>(`/api/v1/tasks/${id}`);
      if (isEndedTask(state) && !endedAt.has(id)) endedAt.set(id, performance.now());
    }
    const task = await platform.api.get<TaskDetail>(`/api/v1/tasks/${id}`);
    throw new Error(`not ended in ${options.withinMs / 1000} s: ${task.state} ${JSON.stringify(task.counts)}`);
  }

  return {
    async run(input) {
      const begun = performance.now();
      const { id } = await platform.api.post<SubmittedTask>('/api/v1/tasks', input, { timeoutMs: 60_000 });
      const submitted = performance.now();
      const ended = await untilEnded(id);
      const task = await platform.api.get<TaskDetail>(`/api/v1/tasks/${id}`);
      if (task.state !== 'succeeded' || task.counts.succeeded !== task.counts.total) {
        throw new Error(`the task ended ${task.state}: ${JSON.stringify(task.counts)}`);
      }
      return { task, seconds: (ended - begun) / 1000, submitSeconds: (submitted - begun) / 1000 };
    },
    async close() {
      stop.abort();
      await listening;
    },
  };
}
