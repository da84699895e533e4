import type { Argument, Command, Option } from 'commander';
import { together, type Candidate, type CliRoom } from './room.ts';

/** Asks the platform for things of some name. */
type LookUp = (things: string, typed: string) => Promise<readonly Candidate[]>;

/**
 * Candidates for the last of `words` (what follows `signalbox`, the last one being typed), from the tree of commands
 * and, where a name of the platform is due, from `lookUp`.
 */
export async function complete(
  program: Command,
  rooms: readonly CliRoom[],
  words: readonly string[],
  lookUp: LookUp,
): Promise<Candidate[]> {
  const typed = words.at(-1) ?? '';
  const place = walk(program, words.slice(0, -1));
  if (place === undefined) return [];
  const { command, positional, open } = place;

  const valuesOf = async (owner: Option | Argument, name: string): Promise<Candidate[]> =>
    matching(owner.argChoices?.map((value) => ({ value })) ?? (await thingsNamed(rooms, name, typed, lookUp)), typed);

  if (open !== undefined) return await valuesOf(open, open.long ?? '');
  if (typed.startsWith('-')) {
    const options: Candidate[] = command.options
      .filter((option) => !option.hidden)
      .map((option) => ({ value: option.long ?? option.flags, about: option.description }));
    return matching([...options, { value: '--help', about: 'what there is' }], typed);
  }
  const verbs = command.createHelp().visibleCommands(command);
  if (verbs.length > 0)
    return matching(
      verbs.map((verb) => ({ value: verb.name(), about: verb.description() })),
      typed,
    );
  const argument = command.registeredArguments[positional] ?? variadicEnd(command.registeredArguments);
  return argument === undefined ? [] : await valuesOf(argument, argument.name());
}

interface Place {
  readonly command: Command;
  /** Arguments typed so far. */
  readonly positional: number;
  /** An option that waits for its value. */
  readonly open: Option | undefined;
}

/** Where the words lead to; undefined after `--`, which is not ours. */
function walk(program: Command, words: readonly string[]): Place | undefined {
  let command = program;
  let positional = 0;
  let open: Option | undefined;
  for (const word of words) {
    if (open !== undefined) {
      open = undefined;
    } else if (word === '--') {
      return undefined;
    } else if (word.startsWith('-')) {
      const option = command.options.find((candidate) => [candidate.short, candidate.long].includes(word));
      if (option?.required === true) open = option;
    } else {
      const verb = command.commands.find((candidate) => candidate.name() === word);
      if (verb === undefined) positional += 1;
      else command = verb;
    }
  }
  return { command, positional, open };
}

async function thingsNamed(
  rooms: readonly CliRoom[],
  name: string,
  typed: string,
  lookUp: LookUp,
): Promise<readonly Candidate[]> {
  const things = together(rooms, 'meant').get(name);
  if (things === undefined) return [];
  const joined = together(rooms, 'things').get(things)?.joinedByCommas === true;
  const start = joined ? typed.lastIndexOf(',') + 1 : 0;
  const found = await lookUp(things, typed.slice(start));
  return found.map(({ value, ...more }) => ({ value: typed.slice(0, start) + value, ...more }));
}

function variadicEnd(all: readonly Argument[]): Argument | undefined {
  const last = all.at(-1);
  return last?.variadic === true ? last : undefined;
}

function matching(candidates: readonly Candidate[], typed: string): Candidate[] {
  return candidates.filter(({ value }) => value.startsWith(typed));
}
