import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { basename, isAbsolute, join } from 'node:path';
import type { RunCommand } from '#proto/gen/agent.ts';

/** What is executed: program and arguments, never a shell line. */
export interface RunProgram {
  readonly argv: readonly string[];
  readonly isScript: boolean;
  /** Interpreter of a script, or the program itself, as written. */
  readonly program: string;
}

export interface MissingProgram {
  readonly missing: string;
  readonly isScript: boolean;
}

/**
 * Works out the argument vector. A script runs by the interpreter that is given, else by the one of its first line
 * (`#!path argument`, as the kernel reads it; also a path that holds spaces), else by /bin/sh. Interpreters are checked
 * here, where the agent can see them; whether the run's user may execute them, the run supervisor finds out.
 */
export async function resolveProgram(
  command: Pick<RunCommand, 'command' | 'interpreter' | 'args' | 'script'>,
  scriptPath: string,
  searchPath: string,
): Promise<RunProgram | MissingProgram> {
  if (command.command.length > 0) {
    const program = command.command[0] ?? '';
    // exec of a shell would read a leading dash as an option.
    if (program === '' || program.startsWith('-')) return { missing: program, isScript: false };
    return { argv: [...command.command, ...command.args], isScript: false, program };
  }

  const [interpreter, ...options] = await chooseInterpreter(command);
  const found = await findExecutable(interpreter, searchPath);
  if (found === undefined) return { missing: interpreter, isScript: true };
  const [wanted] = options;
  if (basename(interpreter) === 'env' && wanted !== undefined && /^[^-=\s]+$/.test(wanted)) {
    if ((await findExecutable(wanted, searchPath)) === undefined) return { missing: wanted, isScript: true };
  }
  return { argv: [found, ...options, scriptPath, ...command.args], isScript: true, program: interpreter };
}

async function chooseInterpreter(command: Pick<RunCommand, 'interpreter' | 'script'>): Promise<[string, ...string[]]> {
  if (command.interpreter !== '') {
    return basename(command.interpreter).endsWith('awk') ? [command.interpreter, '-f'] : [command.interpreter];
  }
  if (command.script.subarray(0, 2).toString('latin1') !== '#!') return ['/bin/sh'];
  const end = command.script.indexOf('\n');
  const line = command.script
    .subarray(2, end === -1 ? undefined : end)
    .toString('utf8')
    .trim();
  if (line === '') return ['/bin/sh'];
  if (await isExecutableFile(line)) return [line];
  const match = /^(\S+)\s+(.*)$/.exec(line);
  return match === null ? [line] : [match[1] as string, match[2] as string];
}

async function findExecutable(name: string, searchPath: string): Promise<string | undefined> {
  if (name.includes('/')) return isAbsolute(name) && (await isExecutableFile(name)) ? name : undefined;
  for (const folder of searchPath.split(':')) {
    const candidate = join(folder === '' ? '/' : folder, name);
    if (await isExecutableFile(candidate)) return candidate;
  }
  return undefined;
}

async function isExecutableFile(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}
