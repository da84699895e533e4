import type { HostRunState, TaskCounts } from '#domain/tasks/host-run.ts';
import type { TaskState } from '#domain/tasks/task.ts';
import type { OutputStream } from '../kernel/io.ts';
import { createLiveLine, type LiveLine } from '../kernel/output/live-line.ts';
import type { Paint, Tones } from '../kernel/output/paint.ts';

/** States of a task and of its runs on hosts. */
export const taskTones: Tones<TaskState | HostRunState> = {
  'awaiting-approval': 'busy',
  submitted: 'quiet',
  pending: 'quiet',
  ready: 'plain',
  dispatched: 'busy',
  running: 'busy',
  paused: 'busy',
  killing: 'busy',
  succeeded: 'good',
  failed: 'bad',
  timed_out: 'bad',
  killed: 'bad',
  lost: 'bad',
  revoked: 'quiet',
  buried: 'bad',
  refused: 'bad',
};

/** Live progress of a task. */
interface Progress extends Omit<LiveLine<TaskState>, 'show'> {
  show(seen: { state: TaskState; counts: TaskCounts }): void;
}

/** Live progress of a task, from now on. */
export function createProgress(stream: OutputStream, paint: Paint, now: () => number = Date.now): Progress {
  const line = createLiveLine<TaskState>(stream, paint, taskTones, now);
  return { ...line, show: (seen) => line.show(seen.state, describeCounts(seen.counts)) };
}

/** `7 of 20 hosts done, 5 succeeded, 2 failed, 3 running`. */
export function describeCounts(counts: TaskCounts): string {
  const done = counts.total - counts.pending - counts.running;
  const parts: readonly (readonly [number, string])[] = [
    [counts.succeeded, 'succeeded'],
    [counts.failed, 'failed'],
    [counts.timedOut, 'timed out'],
    [counts.killed, 'killed'],
    [counts.lost, 'lost'],
    [counts.revoked, 'revoked'],
    [counts.buried, 'buried'],
    [counts.running, 'running'],
  ];
  const named = parts.filter(([count]) => count > 0).map(([count, name]) => `${count} ${name}`);
  return [`${done} of ${counts.total} ${counts.total === 1 ? 'host' : 'hosts'} done`, ...named].join(', ');
}
