import { sql } from 'kysely';
import type { Tx } from '#db/database.ts';
import type { Topic } from '#domain/names.ts';
import { emitEvent } from './live-events.ts';

/** Writes down one side of what happened to a thing: lines of its story, live events, an announcement, an audit row. */
export type RecordPart<Thing, What> = (tx: Tx, thing: Thing, what: What) => Promise<void> | void;

type Parts = Readonly<Record<string, RecordPart<never, never>>>;

/** One thing that happened, with all that follows from it. */
export type Happening<Of extends Parts> = {
  readonly [Name in keyof Of]?: Of[Name] extends RecordPart<never, infer What> ? What | undefined : never;
};

/**
 * Makes the one call by which a noun writes down what happened to a thing; its parts write in their order. The caller
 * has changed its row, and holds its lock where the order of lines is to be that of what happened.
 */
export function createRecord<Of extends Parts>(
  parts: Of,
): (tx: Tx, thing: Parameters<Of[keyof Of]>[1], happening: Happening<Of>) => Promise<void> {
  return async (tx, thing, happening) => {
    for (const [name, write] of Object.entries(parts)) {
      const what = happening[name];
      if (what !== undefined) await write(tx, thing, what as never);
    }
  };
}

/** A line of the story of a thing. */
export interface StoryLine<Kind extends string> {
  readonly kind: Kind;
  /** Name of whoever did it; none: the platform by itself. */
  readonly actor?: string | undefined;
  readonly details?: Readonly<Record<string, unknown>> | undefined;
}

/** Adds lines to the noun's timeline; `columns` say whose they are. */
export function storyIn<Thing, Kind extends string>(
  table: 'task_timeline' | 'ticket_timeline',
  columns: (thing: Thing) => Readonly<Record<string, string | number>>,
): RecordPart<Thing, readonly StoryLine<Kind>[]> {
  return async (tx, thing, lines) => {
    if (lines.length === 0) return;
    const whose = columns(thing);
    const names = Object.keys(whose).map((name) => sql.ref(name));
    const rows = lines.map(({ kind, actor = null, details = {} }) => {
      const said = [kind, actor, JSON.stringify(details)];
      return sql`(${sql.join([...Object.values(whose), ...said])}, ledger_now())`;
    });
    await sql`
      insert into ${sql.table(table)} (${sql.join(names)}, kind, actor, details, at) values ${sql.join(rows)}`.execute(
      tx,
    );
  };
}

/** Tells live pages. */
export function liveEvents<Thing, What>(
  events: (thing: Thing, what: What) => readonly (readonly [Topic, Readonly<Record<string, unknown>>])[],
): RecordPart<Thing, What> {
  return async (tx, thing, what) => {
    for (const [topic, data] of events(thing, what)) await emitEvent(tx, topic, data);
  };
}
