import type { TaskInput } from '#api/tasks/tasks.contract.ts';
import { usageFault } from '../kernel/fault.ts';
import type { CliIo } from '../kernel/io.ts';
import type { ReadLibrary } from '../scripts/library-script.ts';
import { readText } from '../kernel/text-file.ts';

/** Options of `task run` (and `ticket resubmit`) that say what runs where and when. */
export interface TaskRunOptions {
  readonly node?: string;
  readonly host?: readonly string[];
  readonly hostsFile?: string;
  readonly script?: string;
  readonly library?: string;
  readonly interpreter?: string;
  readonly arg?: readonly string[];
  readonly env?: readonly string[];
  readonly envSecret?: readonly string[];
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
 * here; whether it may run, the platform says. A script of the library is copied into it by `readLibrary`.
 */
export async function readTaskInput(
  options: TaskRunOptions,
  command: readonly string[] | undefined,
  io: Pick<CliIo, 'cwd' | 'stdin'>,
  readLibrary: ReadLibrary,
): Promise<TaskInput> {
  const { script, library } = options;
  const given = [script, library, command].filter((what) => what !== undefined).length;
  if (given > 1) {
    const option = library === undefined ? '--script' : '--library';
    throw usageFault(option, 'give one of --script, --library and a command after --');
  }
  if (given === 0) throw usageFault('--script', 'give a script, --library, or a command after --');
  if (command?.length === 0) throw usageFault('--', 'no command follows');
  const target = await readTarget(options, io);
  const kept = library === undefined ? undefined : await readLibrary(library, options);
  return {
    ...present({ title: options.title ?? kept?.title }),
    target,
    ...present({ script: script === undefined ? kept?.content : await readText('--script', script, io) }),
    ...(command === undefined ? {} : { command: [...command] }),
    ...present({
      interpreter: options.interpreter ?? kept?.interpreter,
      workDir: options.workDir,
      runAs: options.runAs,
      timeout: options.timeout,
      runAt: options.runAt,
      expiresAt: options.expiresAt,
      args: options.arg === undefined ? undefined : [...options.arg],
      env: readEnvironment(options),
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

function readEnvironment({ env = [], envSecret = [] }: TaskRunOptions): TaskInput['env'] {
  if (env.length + envSecret.length === 0) return undefined;
  const texts = env.map((text) => nameAndRest('--env', text, 'NAME=value'));
  const secrets = envSecret.map(secretVariable);
  const twice = secrets.find(([name]) => texts.some(([other]) => other === name));
  if (twice !== undefined) throw usageFault('--env-secret', `${twice[0]} is given by --env too`);
  return Object.fromEntries<NonNullable<TaskInput['env']>[string]>([...texts, ...secrets]);
}

function nameAndRest(option: string, text: string, like: string): [name: string, rest: string] {
  const at = text.indexOf('=');
  if (at < 1) throw usageFault(option, `'${text}' is not like ${like}`);
  return [text.slice(0, at), text.slice(at + 1)];
}

/** The value itself never stands on a command line, where others could read it. */
function secretVariable(text: string): [string, { secret: string; version?: number }] {
  const like = 'NAME=secret or NAME=secret@version';
  const [name, rest] = nameAndRest('--env-secret', text, like);
  const match = /^([^@]+)(?:@([1-9][0-9]{0,9}))?$/.exec(rest);
  if (match === null) throw usageFault('--env-secret', `'${text}' is not like ${like}`);
  const [, secret = '', version] = match;
  return [name, { secret, ...(version === undefined ? {} : { version: Number(version) }) }];
}

/** Without the keys that have no value: the API's defaults are the API's. */
function present<T extends Record<string, unknown>>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}
