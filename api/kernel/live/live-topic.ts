import type { SignedIn } from '#api/kernel/http/env.ts';
import type { Database } from '#db/database.ts';
import type { Action, SubjectName, TopicName } from '#domain/names.ts';
import type { LiveEvent } from '#ledger/kernel/live-events.ts';

/** What somebody is told of an event; undefined: nothing. */
export type EventFilter = (caller: SignedIn, event: LiveEvent) => Promise<Record<string, unknown> | undefined>;

/** A topic about all things of a kind: `tasks`. */
export interface ListTopic {
  readonly of: 'list';
  /** Who lacks it is refused the topic as a whole. Without: everybody signed in may ask for it. */
  readonly right?: Action;
  /** Made once for each stream, so that it may remember. Without: everybody who hears the topic is told all of it. */
  readonly createFilter?: (db: Database) => EventFilter;
}

/** A topic about one thing, `task:<id>`: heard by whoever may see that thing. */
interface ThingTopic {
  readonly of: 'thing';
  readonly subject: SubjectName;
}

/** A topic that everybody has for themselves: asked for as `inbox`, emitted as `inbox:<user id>`. */
interface OwnTopic {
  readonly of: 'own';
}

/** One topic as its room contributes it. */
export type LiveTopic = ListTopic | ThingTopic | OwnTopic;

/** The contributions of all rooms; a name that ends in a colon is followed by an id. */
export type LiveTopics = {
  readonly [Name in TopicName]: Name extends `${string}:` ? ThingTopic | OwnTopic : ListTopic;
};
