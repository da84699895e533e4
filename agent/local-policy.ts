import { readFile } from 'node:fs/promises';
import { decodeText } from '#platform/decode-text.ts';
import type { ResultCodeName } from '#domain/tasks/result-codes.ts';
import type { RunProgram } from './run-program.ts';
import { FatalFault } from './exit-codes.ts';

/**
 * What this host accepts, whatever a server asks. A list that is absent allows everything of its kind, an empty one
 * nothing. Kept in a file of the host's owner (YAML or JSON), read once at start; no message can widen it.
 *
 * @example
 *     users: [deploy, www-data]
 *     interpreters: [/bin/sh, python3]
 *     commands: [/usr/bin/uptime]
 */
export interface LocalPolicy {
  /** Accounts that a run may have; also needed for the agent's own. */
  readonly users?: readonly string[];
  /** Interpreters of scripts, by the name or path that is executed. */
  readonly interpreters?: readonly string[];
  /** Programs that may be run without a script, as the task writes them. */
  readonly commands?: readonly string[];
}

const lists = ['users', 'interpreters', 'commands'] as const;

/** Reads the policy; a file that is named but cannot be understood ends the agent rather than allowing everything. */
export async function readLocalPolicy(file: string | undefined): Promise<LocalPolicy> {
  if (file === undefined) return {};
  try {
    const text = decodeText(await readFile(file));
    if (text === undefined) throw new Error('it is no text in UTF-8');
    const { parse } = await import('yaml');
    const value: unknown = parse(text, { maxAliasCount: 10 });
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error('it is not a mapping');
    for (const [name, list] of Object.entries(value)) {
      if (!(lists as readonly string[]).includes(name)) throw new Error(`it knows ${lists.join(', ')}, not '${name}'`);
      if (!Array.isArray(list) || !list.every((item) => typeof item === 'string')) {
        throw new Error(`'${name}' is not a list of names`);
      }
    }
    return value;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new FatalFault('policyUnreadable', `The local policy ${file} cannot be used: ${why}`, error);
  }
}

/** Why this host refuses a run, or undefined where it does not. */
export function policyFault(
  policy: LocalPolicy,
  userName: string,
  program: RunProgram,
): { readonly code: ResultCodeName; readonly detail: string } | undefined {
  const refused = (what: string) => `the local policy of this host does not allow ${what}`;
  if (policy.users !== undefined && !policy.users.includes(userName)) {
    return { code: 'userNotPermitted', detail: refused(`the user '${userName}'`) };
  }
  if (program.isScript) {
    const names = [program.program, program.argv[0] ?? ''];
    if (policy.interpreters !== undefined && !names.some((name) => policy.interpreters?.includes(name))) {
      return { code: 'cannotStart', detail: refused(`the interpreter '${program.program}'`) };
    }
  } else if (policy.commands !== undefined && !policy.commands.includes(program.program)) {
    return { code: 'cannotStart', detail: refused(`the command '${program.program}'`) };
  }
  return undefined;
}
