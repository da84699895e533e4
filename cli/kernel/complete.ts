import type { Argument, Command, Option } from 'commander';

/** What is asked of the platform while somebody types. */
export type CandidateKind = 'nodes' | 'hosts' | 'tasks' | 'tickets' | 'users' | 'webhooks' | 'scripts';

/** One candidate; `about` is shown by shells that can. */
export interface Candidate {
  readonly value: string;
  readonly about?: string;
}

const kindOfOption: Record<string, CandidateKind> = {
  '--node': 'nodes',
  '--host': 'hosts',
  '--user': 'users',
  '--requester': 'users',
  '--approver': 'users',
  '--escalate-to': 'users',
  '--library': 'scripts',
};
const kindOfArgument: Record<string, CandidateKind> = {
  path: 'nodes',
  parent: 'nodes',
  machine: 'hosts',
  agent: 'hosts',
  host: 'hosts',
  task: 'tasks',
  ticket: 'tickets',
  user: 'users',
  webhook: 'webhooks',
  script: 'scripts',
};

/**
 * Candidates for the last of `words` (what follows `signalbox`, the last one being typed), from the tree of commands
 * and, where a name of the platform is due, from `lookUp`.
 */
export async function complete(
  program: Command,
  words: readonly string[],
  lookUp: (kind: CandidateKind, typed: string) => Promise<readonly Candidate[]>,
): Promise<Candidate[]> {
  const typed = words.at(-1) ?? '';
  const place = walk(program, words.slice(0, -1));
  if (place === undefined) return [];
  const { command, positional, open } = place;

  if (open !== undefined) return matching(await valuesOf(open, kindOfOption[open.long ?? ''], typed, lookUp), typed);
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
  if (argument === undefined) return [];
  return matching(await valuesOf(argument, kindOfArgument[argument.name()], typed, lookUp), typed);
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

async function valuesOf(
  owner: Option | Argument,
  kind: CandidateKind | undefined,
  typed: string,
  lookUp: (kind: CandidateKind, typed: string) => Promise<readonly Candidate[]>,
): Promise<readonly Candidate[]> {
  if (owner.argChoices !== undefined) return owner.argChoices.map((value) => ({ value }));
  if (kind === undefined) return [];
  const comma = kind === 'hosts' ? typed.lastIndexOf(',') + 1 : 0;
  const found = await lookUp(kind, typed.slice(comma));
  return found.map(({ value, ...more }) => ({ value: typed.slice(0, comma) + value, ...more }));
}

function variadicEnd(all: readonly Argument[]): Argument | undefined {
  const last = all.at(-1);
  return last?.variadic === true ? last : undefined;
}

function matching(candidates: readonly Candidate[], typed: string): Candidate[] {
  return candidates.filter(({ value }) => value.startsWith(typed));
}
