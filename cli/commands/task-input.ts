import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { text as readAll } from 'node:stream/consumers';
import type { TaskInput } from '#api/contract/tasks.ts';
import { usageFault } from '../fault.ts';
import type { CliIo } from '../io.ts';

/** Options of `task run` (and `ticket resubmit`) that say what runs where and when. */
export interface TaskRunOptions {
  readonly node?: string;
  readonly host?: readonly string[];
  readonly hostsFile?: string;
  readonly script?: string;
  readonly interpreter?: string;
  readonly arg?: readonly string[];
  readonly env?: readonly string[];
  readonly workDir?: string;
  readonly runAs?: string;
  readonly concurrency?: number;
  readonly timeout?: string;
  readonly onError?: string;
  readonly title?: string;
  readonly runAt?: string;
  readonly expiresAt?: string;
}

/**
 * The task as the API takes it. What only this machine can know (files, the shape of the command line) is checked
 * here; whether it may run, the platform says.
 */
export async function readTaskInput(
  options: TaskRunOptions,
  command: readonly string[] | undefined,
  io: Pick<CliIo, 'cwd' | 'stdin'>,
): Promise<TaskInput> {
  if (options.script !== undefined && command !== undefined)
    throw usageFault('--script', 'give either a script or a command after --, not both');
  if (options.script === undefined && command === undefined)
    throw usageFault('--script', 'give a script, or a command after --');
  if (command?.length === 0) throw usageFault('--', 'no command follows');
  return {
    ...present({ title: options.title }),
    target: await readTarget(options, io),
    ...(options.script === undefined ? {} : { script: await readText('--script', options.script, io) }),
    ...(command === undefined ? {} : { command: [...command] }),
    ...present({
      interpreter: options.interpreter,
      workDir: options.workDir,
      runAs: options.runAs,
      timeout: options.timeout,
      runAt: options.runAt,
      expiresAt: options.expiresAt,
      args: options.arg === undefined ? undefined : [...options.arg],
      env: options.env === undefined ? undefined : Object.fromEntries(options.env.map(variable)),
    }),
    strategy: present({ concurrency: options.concurrency, onError: options.onError }),
  };
}

async function readTarget(options: TaskRunOptions, io: Pick<CliIo, 'cwd' | 'stdin'>): Promise<TaskInput['target']> {
  const given = (['node', 'host', 'hostsFile'] as const).filter((name) => options[name] !== undefined);
  if (given.length !== 1) {
    throw usageFault(
      '--node',
      given.length === 0 ? 'say where: --node, --host or --hosts-file' : 'give one of --node, --host and --hosts-file',
    );
  }
  if (options.node !== undefined) return { node: options.node };
  if (options.host !== undefined) {
    const hosts = options.host.flatMap((names) => names.split(',')).flatMap((name) => name.trim() || []);
    if (hosts.length === 0) throw usageFault('--host', 'names no host');
    return { hosts };
  }
  const file = options.hostsFile ?? '';
  const hosts = (await readText('--hosts-file', file, io)).split('\n').flatMap((line) =>
    line
      .replace(/#.*/, '')
      .split(/[\s,]+/)
      .filter(Boolean),
  );
  if (hosts.length === 0) throw usageFault('--hosts-file', `${file} names no host`);
  return { hosts };
}

/** A text file, or stdin for `-`. */
async function readText(option: string, file: string, io: Pick<CliIo, 'cwd' | 'stdin'>): Promise<string> {
  if (file === '-') {
    if (io.stdin.isTTY === true) throw usageFault(option, '- reads standard input, and that is a terminal');
    return await readAll(io.stdin);
  }
  let bytes: Uint8Array;
  try {
    bytes = await readFile(resolve(io.cwd, file));
  } catch (error) {
    throw usageFault(
      option,
      `cannot read ${file}: ${reading[(error as NodeJS.ErrnoException).code ?? ''] ?? (error as Error).message}`,
    );
  }
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw usageFault(option, `${file} is no text in UTF-8`);
  }
}

const reading: Record<string, string> = {
  ENOENT: 'there is no such file',
  EACCES: 'permission denied',
  EISDIR: 'it is a folder',
};

function variable(text: string): [string, string] {
  const at = text.indexOf('=');
  if (at < 1) throw usageFault('--env', `'${text}' is not like NAME=value`);
  return [text.slice(0, at), text.slice(at + 1)];
}

/** Without the keys that have no value: the API's defaults are the API's. */
function present<T extends Record<string, unknown>>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}
