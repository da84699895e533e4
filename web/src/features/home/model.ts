import type { TaskState, TaskSummary } from '#web/nouns/tasks/client.ts';
import type { TicketSummary } from '#web/nouns/tickets/client.ts';

/** States of a task that goes on by itself or waits for its people to continue it. */
export const activeTaskStates = ['running', 'killing', 'paused', 'submitted'] as const satisfies readonly TaskState[];

/** Tasks of several lists in one, newest first, each once. */
export function newestFirst(lists: readonly (readonly TaskSummary[])[]): TaskSummary[] {
  const byId = new Map(lists.flat().map((task) => [task.id, task]));
  return [...byId.values()].sort((a, b) => b.createdAt.localeCompare(a.createdAt));
}

/** Hosts of a task that need nothing any more, and those of them that did not succeed. */
export function progressOf({ counts }: Pick<TaskSummary, 'counts'>): { done: number; failed: number; total: number } {
  const done = counts.total - counts.pending - counts.running;
  return { done, failed: done - counts.succeeded, total: counts.total };
}

/** Something that has ended: a task that ran, or a ticket that ended without running anything. */
export interface LastChange {
  readonly kind: 'task' | 'ticket';
  readonly id: string;
  readonly title: string;
  readonly state: string;
  readonly requester: string;
  readonly endedAt: string;
}

/** Why a ticket may end and still leave a task that tells the rest of the story. */
const ranStates: readonly string[] = ['done', 'failed'];

/** What ended last, newest first. A ticket whose task ran is told of once: by its task. */
export function lastChanges(
  tasks: readonly TaskSummary[],
  tickets: readonly TicketSummary[],
  limit: number,
): LastChange[] {
  const unrun = tickets.filter((ticket) => ticket.taskId === null || !ranStates.includes(ticket.state));
  const decided = new Set(unrun.map((ticket) => ticket.taskId));
  const ended = (kind: LastChange['kind'], { id, title, state, requester, endedAt }: TaskSummary | TicketSummary) =>
    endedAt === null ? [] : [{ kind, id, title, state, requester, endedAt }];
  return [
    ...tasks.filter((task) => !decided.has(task.id)).flatMap((task) => ended('task', task)),
    ...unrun.flatMap((ticket) => ended('ticket', ticket)),
  ]
    .sort((a, b) => b.endedAt.localeCompare(a.endedAt))
    .slice(0, limit);
}
