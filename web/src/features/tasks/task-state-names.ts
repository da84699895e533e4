import type { TaskState } from '#web/nouns/tasks/client.ts';

/** All states of a task, in the order of its life. */
export const taskStateNames = [
  'awaiting-approval',
  'submitted',
  'running',
  'paused',
  'killing',
  'succeeded',
  'failed',
  'killed',
  'refused',
] as const satisfies readonly TaskState[];

/** A state by its name in an address; undefined for any other word. */
export function taskStateNamed(name: string): TaskState | undefined {
  return taskStateNames.find((state) => state === name);
}

const ended: ReadonlySet<TaskState> = new Set(['succeeded', 'failed', 'killed', 'refused']);

/** Whether nothing more happens to a task by itself. */
export function isEndedTask(state: TaskState): boolean {
  return ended.has(state);
}
