import type { TaskDetail } from '#api/tasks/tasks.contract.ts';
import type { TaskCounts } from '#domain/tasks/host-run.ts';
import { isEndedTask, type TaskState } from '#domain/tasks/task.ts';
import type { HttpClient } from '../kernel/client/http.ts';
import type { TasksClient } from './tasks.client.ts';
import { watchToEnd } from '../kernel/client/watch.ts';

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
  /** How often the task is asked for although events may come. */
  readonly pollMs?: number;
}

/** Follows a task to its end (through its approval, where it waits for one), with the guarantees of {@link watchToEnd}. */
export function watchTask(options: WatchOptions): Promise<TaskDetail> {
  const { http, tasks, taskId, interrupted, patienceMs, pollMs } = options;
  return watchToEnd<TaskDetail>({
    http,
    topic: `task:${taskId}`,
    interrupted,
    look: () => tasks.get(taskId, { patienceMs: 0 }),
    isEnd: (task) => isEndedTask(task.state),
    onLook: (task) => options.onProgress(task),
    onEvent(data) {
      const seen = positionIn(data);
      if (seen === undefined || isEndedTask(seen.state)) return false;
      options.onProgress(seen);
      return true;
    },
    onConnection: (connected) => options.onConnection(connected),
    ...(patienceMs === undefined ? {} : { patienceMs }),
    ...(pollMs === undefined ? {} : { pollMs }),
  });
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
