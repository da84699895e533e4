import type { SignedIn } from '#api/kernel/http/env.ts';
import { mayViewTask, mayViewTicket } from '#api/kernel/http/guard.ts';
import type { Database } from '#db/database.ts';
import { scopeOf } from '#db/identity/callers.ts';
import { findTaskAccess } from '#db/tasks/task-access.ts';
import type { LiveEvent } from '#ledger/kernel/live-events.ts';
import { isUuid } from '#db/is-uuid.ts';
import { findTicketAccess } from '#db/tickets/ticket-access.ts';
import { Problem } from '#domain/errors.ts';
import { can } from '#domain/identity/permissions.ts';

/** Topics at most on one stream. */
export const maxTopics = 50;

/** Refuses topics that do not exist or that the caller may not hear. */
export async function requireTopics(db: Database, caller: SignedIn, topics: readonly string[]): Promise<void> {
  if (topics.length === 0 || topics.length > maxTopics) throw Problem.field('topic', `give 1–${maxTopics} topics`);
  for (const topic of topics) {
    if (['tasks', 'tree', 'tickets', 'scripts', inboxTopic].includes(topic)) continue;
    if (topic === 'agents') {
      if (!can(caller.actor, 'agent.view'))
        throw new Problem('forbidden', 'You may not see agents', { reason: 'agent.view' });
      continue;
    }
    const [, noun, id = ''] = /^(task|ticket):(.+)$/.exec(topic) ?? [];
    if (noun === undefined) throw Problem.field('topic', `there is no topic '${topic}'`);
    const visible = noun === 'task' ? await maySeeTask(db, caller, id) : await maySeeTicket(db, caller, id);
    if (!visible) throw new Problem('not-found', `There is no such ${noun}`);
  }
}

async function maySeeTask(db: Database, caller: SignedIn, id: string): Promise<boolean> {
  const task = isUuid(id) ? await findTaskAccess(db, id) : undefined;
  return task !== undefined && mayViewTask(caller.actor, task);
}

async function maySeeTicket(db: Database, caller: SignedIn, id: string): Promise<boolean> {
  const ticket = isUuid(id) ? await findTicketAccess(db, id) : undefined;
  return ticket !== undefined && mayViewTicket(caller.actor, ticket);
}

const inboxTopic = 'inbox';

/** The topic as the caller asked for it, of one as it was emitted: `inbox` is the caller's own. Undefined: another's. */
export function askedTopic(caller: SignedIn, emitted: string): string | undefined {
  if (!emitted.startsWith(`${inboxTopic}:`)) return emitted;
  return emitted === `${inboxTopic}:${caller.actor.id}` ? inboxTopic : undefined;
}

/** Lets through what a caller may hear of the topics `tasks`, `tickets` and `tree`; the others were decided as a whole. */
export function createEventFilter(
  db: Database,
): (caller: SignedIn, event: LiveEvent) => Promise<Record<string, unknown> | undefined> {
  const seen = new Map<string, boolean>();
  return async (caller, event) => {
    if (event.topic === 'tree') return scopeOf(caller, 'tree.view') === 'all' ? event.data : {};
    const id = String(event.data.id);
    if (event.topic === 'tickets') {
      // Who may see a ticket changes with its steps: what was hidden a moment ago is looked at again.
      const visible = can(caller.actor, 'ticket.view') || (await maySeeTicket(db, caller, id));
      return visible ? event.data : undefined;
    }
    if (event.topic !== 'tasks' || can(caller.actor, 'task.view')) return event.data;
    let visible = seen.get(id);
    if (visible === undefined) {
      visible = await maySeeTask(db, caller, id);
      if (seen.size >= 1_000) seen.clear();
      seen.set(id, visible);
    }
    return visible ? event.data : undefined;
  };
}
