import { z } from 'zod';
import type { TaskCounts } from './host-run.ts';

/** `stop` at the first failed host, `continue` regardless, or stop at n failures (`3`) or n % of all hosts (`10%`). */
export const onErrorSchema = z
  .string()
  .regex(
    /^(stop|continue|[1-9]\d{0,5}|([1-9]\d?|100)%)$/,
    'must be stop, continue, a number like 3, or a share like 10%',
  );
export type OnError = z.infer<typeof onErrorSchema>;

/** Failures at which no further host is handed out; Infinity where errors never stop the task. */
export function errorLimit(onError: OnError, totalHosts: number): number {
  if (onError === 'continue') return Infinity;
  if (onError === 'stop') return 1;
  if (onError.endsWith('%')) return Math.max(1, Math.ceil((Number(onError.slice(0, -1)) / 100) * totalHosts));
  return Number(onError);
}

/** How a task's hosts stand, with the limits that the task has set. */
export interface TaskStanding {
  /** Hosts in flight at once; undefined: all. */
  readonly concurrency: number | undefined;
  /** Errors at which no further host is handed out ({@link errorLimit}). */
  readonly errorLimit: number;
  readonly counts: TaskCounts;
  /** Failed, timed out and lost hosts that count for the error strategy (unknown hosts do not). */
  readonly errors: number;
}

/** What `advance` has to know about the task to decide. */
export interface TaskPosition extends TaskStanding {
  readonly state: 'submitted' | 'running' | 'paused' | 'killing';
}

export type TaskDecision =
  | { readonly do: 'wait' }
  | { readonly do: 'hand-out'; readonly hosts: number }
  /** Waiting hosts are revoked; hosts in flight finish. */
  | { readonly do: 'stop-handing-out' }
  | { readonly do: 'end'; readonly state: 'succeeded' | 'failed' | 'killed' };

/** The one rule of a task's life: what to do now. Pure, so that it can be tested without a database. */
export function decide(position: TaskPosition): TaskDecision {
  const { counts, state } = position;
  if (counts.pending === 0 && counts.running === 0) {
    if (state === 'killing') return { do: 'end', state: 'killed' };
    return { do: 'end', state: counts.succeeded === counts.total ? 'succeeded' : 'failed' };
  }
  if (state === 'killing') return counts.pending > 0 ? { do: 'stop-handing-out' } : { do: 'wait' };
  if (position.errors >= position.errorLimit && counts.pending > 0) return { do: 'stop-handing-out' };
  if (state === 'paused' || counts.pending === 0) return { do: 'wait' };
  const places = (position.concurrency ?? Infinity) - counts.running;
  return places > 0 ? { do: 'hand-out', hosts: Math.min(places, counts.pending) } : { do: 'wait' };
}
