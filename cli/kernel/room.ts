import type { Command } from 'commander';
import type { CliContext } from './context.ts';

/** One candidate of completion; `about` is shown by shells that can. */
export interface Candidate {
  readonly value: string;
  readonly about?: string;
}

/** What is being typed. A shell waits meanwhile: at most `limit` rows are worth asking for. */
export interface Typed {
  readonly text: string;
  /** The text as a search; undefined while nothing is typed. */
  readonly q: string | undefined;
  readonly limit: number;
}

/** Things of the platform that completion looks up. */
export interface CompletedThings {
  /** Several of them are given as one word, joined by commas. */
  readonly joinedByCommas?: boolean;
  lookUp(context: CliContext, typed: Typed): Promise<readonly Candidate[]>;
}

/** What a noun contributes to the command line. A room without one of the members has none of these. */
export interface CliRoom<Things extends string = string> {
  /** Adds its commands. */
  add?(program: Command, context: CliContext): void;
  /** Commands (`task run`) that take a command to run: what follows their `--` is left as it is. */
  readonly takePassthrough?: readonly string[];
  /** Its things that completion looks up. */
  readonly things?: Readonly<Record<string, CompletedThings>>;
  /** Which things, its own or another room's, are meant by arguments (`user`) and options (`--user`). */
  readonly meant?: Readonly<Record<string, Things>>;
  /** Options that stand for a field of the API that is named otherwise. */
  readonly optionOfField?: Readonly<Record<string, string>>;
}

/** One of the records that rooms have, all rooms together. */
export function together<Part extends 'things' | 'meant' | 'optionOfField'>(
  rooms: readonly CliRoom[],
  part: Part,
): ReadonlyMap<string, NonNullable<CliRoom[Part]>[string]> {
  return new Map(rooms.flatMap((room) => Object.entries((room[part] ?? {}) as NonNullable<CliRoom[Part]>)));
}
