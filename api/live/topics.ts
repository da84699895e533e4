import type { SignedIn } from '#api/http/env.ts';
import { mayViewTask } from '#api/http/guard.ts';
import type { Database } from '#db/database.ts';
import { scopeOf } from '#db/identity/caller.repository.ts';
import { findTaskAccess } from '#db/tasks/task-access.repository.ts';
import type { LiveEvent } from '#db/events/event.repository.ts';
import { isUuid } from '#db/tasks/task-lock.repository.ts';
import { Problem } from '#domain/errors.ts';
import { can } from '#domain/identity/permissions.ts';

/** Topics at most on one stream. */
export const maxTopics = 50;

/** Refuses topics that do not exist or that the caller may not hear. */
export async function requireTopics(db: Database, caller: SignedIn, topics: readonly string[]): Promise<void> {
  if (topics.length === 0 || topics.length > maxTopics) throw Problem.field('topic', `give 1–${maxTopics} topics`);
  for (const topic of topics) {
    if (topic === 'tasks' || topic === 'tree') continue;
    if (topic === 'agents') {
      if (!can(caller.actor, 'agent.view'))
        throw new Problem('forbidden', 'You may not see agents', { reason: 'agent.view' });
      continue;
    }
    const id = /^task:(.+)$/.exec(topic)?.[1];
    if (id === undefined) throw Problem.field('topic', `there is no topic '${topic}'`);
    const task = isUuid(id) ? await findTaskAccess(db, id) : undefined;
    if (task === undefined || !mayViewTask(caller.actor, task)) throw new Problem('not-found', 'There is no such task');
  }
}

/** Lets through what a caller may hear of the topics `tasks` and `tree`; the others were decided as a whole. */
export function createEventFilter(
  db: Database,
): (caller: SignedIn, event: LiveEvent) => Promise<Record<string, unknown> | undefined> {
  const seen = new Map<string, boolean>();
  return async (caller, event) => {
    if (event.topic === 'tree') return scopeOf(caller, 'tree.view') === 'all' ? event.data : {};
    if (event.topic !== 'tasks' || can(caller.actor, 'task.view')) return event.data;
    const id = String(event.data.id);
    let visible = seen.get(id);
    if (visible === undefined) {
      const task = isUuid(id) ? await findTaskAccess(db, id) : undefined;
      visible = task !== undefined && mayViewTask(caller.actor, task);
      if (seen.size >= 1_000) seen.clear();
      seen.set(id, visible);
    }
    return visible ? event.data : undefined;
  };
}
