import type { TaskSummary } from '#web/nouns/tasks/client.ts';

/** From when to when a task took (`to: null`: it still goes on). `waiting`: it has not started yet. */
export interface TaskSpan {
  readonly from: string;
  readonly to: string | null;
  readonly waiting: boolean;
}

/**
 * The time to show beside a task: its run once it has started, its wait while it may still start. Null for a task that
 * ended without having started.
 */
export function taskSpan(task: Pick<TaskSummary, 'createdAt' | 'startedAt' | 'endedAt'>): TaskSpan | null {
  if (task.startedAt !== null) return { from: task.startedAt, to: task.endedAt, waiting: false };
  return task.endedAt === null ? { from: task.createdAt, to: null, waiting: true } : null;
}
