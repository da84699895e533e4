import type { TaskDetail, TaskInput } from '#web/nouns/tasks/client.ts';
import type { ScheduleDetail } from '#web/nouns/schedules/client.ts';

/** What a schedule proposes each time, as kind `task.run` takes it. */
export interface ScheduleProgram {
  readonly title: string;
  readonly payload: TaskDetail['payload'];
  readonly strategy: TaskDetail['strategy'];
  readonly target: TaskInput['target'];
}

/** What a schedule runs; undefined where it is of a kind that this page does not know. */
export function programOf({ kind, payload }: Pick<ScheduleDetail, 'kind' | 'payload'>): ScheduleProgram | undefined {
  return kind === 'task.run' ? (payload as unknown as ScheduleProgram) : undefined;
}
