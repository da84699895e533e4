import type { SignedIn } from '#api/kernel/http/env.ts';
import { findVisible, type Subjects } from '#api/kernel/http/subject.ts';
import type { Database } from '#db/database.ts';
import { forbidden, Problem } from '#domain/errors.ts';
import { can } from '#domain/identity/permissions.ts';
import { because } from '#domain/reasons.ts';
import { maxTopics } from './live.contract.ts';
import type { EventFilter, LiveTopic, LiveTopics } from './live-topic.ts';

/** What streams ask about topics. */
export interface Topics {
  /** The names to ask for, in words: `tasks, task:<id>, inbox (one’s own) or tree`. */
  readonly description: string;
  /** Refuses topics that do not exist or that the caller may not hear. */
  require(caller: SignedIn, asked: readonly string[]): Promise<void>;
  /** The topic as the caller asks for it, of one as it was emitted. Undefined: another's own. */
  asAsked(caller: SignedIn, emitted: string): string | undefined;
  /** What a caller may hear of events whose topic they were let to; for one stream. */
  createFilter(): EventFilter;
}

/** Topics as the rooms contribute them. */
export function createTopics(db: Database, contributed: LiveTopics, subjects: Subjects): Topics {
  const topics = new Map<string, LiveTopic>(Object.entries(contributed));

  async function requireOne(caller: SignedIn, asked: string): Promise<void> {
    if (topics.get(`${asked}:`)?.of === 'own') return;
    const { name, id } = split(asked);
    const topic = topics.get(name);
    if (topic?.of === 'list') {
      if (topic.right !== undefined && !can(caller.actor, topic.right)) throw forbidden(topic.right);
      return;
    }
    if (topic?.of !== 'thing' || id === '') throw Problem.field('topic', because('no-such-topic', { topic: asked }));
    const seen = await findVisible(db, subjects[topic.subject], caller.actor, id);
    if (seen === undefined) throw new Problem('not-found', because(`no-such-${topic.subject}`));
  }

  return {
    description: listed([...topics].map(([name, topic]) => described(name, topic))),
    async require(caller, asked) {
      if (asked.length === 0 || asked.length > maxTopics)
        throw Problem.field('topic', because('topic-count', { most: maxTopics }));
      for (const topic of asked) await requireOne(caller, topic);
    },
    asAsked(caller, emitted) {
      const { name, id } = split(emitted);
      if (topics.get(name)?.of !== 'own') return emitted;
      return id === caller.actor.id ? name.slice(0, -1) : undefined;
    },
    createFilter() {
      const filters = new Map<string, EventFilter>();
      for (const [name, topic] of topics) {
        if (topic.of === 'list' && topic.createFilter !== undefined) filters.set(name, topic.createFilter(db));
      }
      return async (caller, event) => {
        const filter = filters.get(event.topic);
        return filter === undefined ? event.data : await filter(caller, event);
      };
    },
  };
}

/** `task:7` is of the topic `task:`, about `7`; a list has no id. */
function split(topic: string): { name: string; id: string } {
  const end = topic.includes(':') ? topic.indexOf(':') + 1 : topic.length;
  return { name: topic.slice(0, end), id: topic.slice(end) };
}

function described(name: string, topic: LiveTopic): string {
  switch (topic.of) {
    case 'list':
      return name;
    case 'thing':
      return `${name}<id>`;
    case 'own':
      return `${name.slice(0, -1)} (one’s own)`;
  }
}

function listed(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`;
}
