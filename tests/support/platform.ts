import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type DatabaseHandle, openDatabase } from '#db/database.ts';
import { dataFolder } from '#processes/supervisor/data-folder.ts';
import { lastLines } from '#processes/supervisor/log-file.ts';
import { databaseUrl } from '#processes/supervisor/postgres-cluster.ts';
import { readPorts } from '#processes/supervisor/ports.ts';
import { readProcessTable, writeJsonFile } from '#processes/supervisor/process-table.ts';
import { type CliResult, runCommand } from './command.ts';
import { eventually } from './eventually.ts';
import { ownPorts } from './own-ports.ts';
import { killProcessesOf, processesOf, sendSignal } from './own-processes.ts';
import { createPlatformApi, type PlatformApi } from './platform-api.ts';
import { traversableTemp } from './postgres.ts';

export const checkout = join(import.meta.dirname, '..', '..');

/** The whole platform as a user starts it, in a folder of the test's own. */
export interface Platform {
  readonly folder: string;
  readonly data: string;
  readonly api: PlatformApi;
  /** The ledger, for the oracle only. */
  readonly database: DatabaseHandle;
  /** The command line as a user types it; signed in through the data folder. */
  cli(
    args: readonly string[],
    options?: { env?: Record<string, string>; input?: string; timeoutMs?: number },
  ): Promise<CliResult>;
  readonly env: Readonly<Record<string, string>>;
  signIn(): { url: string; token: string };
  gatewayAddress(): string;
  temporalAddress(): string;
  pids(): Record<string, number>;
  /** kill -9 of the process that plays a role now; returns its pid. */
  kill(role: string): number;
  /** Immediate stop of PostgreSQL, as after a power cut. */
  crashPostgres(): number;
  supervisor(): ChildProcess;
  /** `npm start`; resolves when the platform says that it is ready. */
  start(): Promise<void>;
  /** What the supervisor printed since the last start. */
  printed(): string;
  /** Ctrl-C: SIGINT to the whole foreground group. */
  interrupt(): Promise<number>;
  /** kill -9 of the supervisor; its children stay behind. */
  killSupervisor(): Promise<void>;
  /** Lines of all logs that match. */
  logged(pattern: RegExp): string[];
  /** The ends of all logs, for a failed test. */
  evidence(): string;
  remove(): Promise<void>;
}

/** Starts a platform of the test's own and waits until it is ready; `from`: the code of another checkout than this one. */
export async function startPlatform(options: { env?: Record<string, string>; from?: string } = {}): Promise<Platform> {
  const { from = checkout } = options;
  const folder = traversableTemp('signalbox-platform-');
  const data = join(folder, 'data');
  const paths = dataFolder(data);
  const env: Record<string, string> = { ...inheritedEnvironment(), SIGNALBOX_DATA: data, ...options.env };
  const [web, gateway, workerAdmin, gatewayAdmin, postgres, temporal, temporalUi] = await ownPorts(7);
  writeJsonFile(paths.ports, { web, gateway, workerAdmin, gatewayAdmin, postgres, temporal, temporalUi });
  const cleanUp = () => void killProcessesOf(folder);
  process.once('exit', cleanUp);
  let child: ChildProcess | undefined;
  let database: DatabaseHandle | undefined;
  let starts = 0;

  const log = () => join(folder, `start-${starts}.log`);
  const signIn = () => JSON.parse(readFileSync(paths.signIn, 'utf8')) as { url: string; token: string };
  const api = createPlatformApi(signIn);
  const ports = () => {
    const chosen = readPorts(paths.ports);
    if (chosen === undefined) throw new Error('no ports yet');
    return chosen;
  };
  const pids = () => Object.fromEntries(readProcessTable(paths.processes).map(({ role, pid }) => [role, pid]));
  const pidOf = (role: string) => {
    const pid = pids()[role];
    if (pid === undefined) throw new Error(`no process plays ${role}`);
    return pid;
  };

  async function start(): Promise<void> {
    starts += 1;
    const output = openSync(log(), 'w');
    const started = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', 'processes/start.ts'], {
      cwd: from,
      env,
      detached: true,
      stdio: ['ignore', output, output],
    });
    closeSync(output);
    child = started;
    await eventually(
      'the platform is ready (the agent of this machine included)',
      async () => {
        if (started.exitCode !== null) return 'ended';
        if (!printed().includes('Signalbox is ready')) return false;
        const status = await api.get<{ ready: boolean; reasons?: string[] }>('/api/v1/status', { timeoutMs: 3_000 });
        return status.ready ? 'ready' : false;
      },
      { withinMs: 180_000, everyMs: 250 },
    ).then(
      (state) => {
        if (state === 'ended') throw new Error(`the supervisor ended with ${started.exitCode}:\n${printed()}`);
      },
      (error: unknown) => {
        throw new Error(`${String(error)}\n${evidence()}`);
      },
    );
  }

  const printed = () => (existsSync(log()) ? readFileSync(log(), 'utf8') : '');
  const supervisor = () => {
    if (child === undefined) throw new Error('not started');
    return child;
  };
  const ended = (process: ChildProcess) =>
    process.exitCode !== null || process.signalCode !== null
      ? Promise.resolve()
      : new Promise<void>((resolve) => process.once('exit', () => resolve()));

  const logNames = () => (existsSync(join(data, 'logs')) ? readdirSync(join(data, 'logs')) : []);

  function logged(pattern: RegExp): string[] {
    return logNames().flatMap((name) =>
      readFileSync(join(data, 'logs', name), 'utf8')
        .split('\n')
        .filter((line) => pattern.test(line)),
    );
  }

  function evidence(): string {
    const logs = logNames();
    const tails = logs.map((name) => `--- ${name}\n${lastLines(join(data, 'logs', name), 12)}`);
    return [`--- supervisor\n${printed().split('\n').slice(-25).join('\n')}`, ...tails].join('\n');
  }

  const platform: Platform = {
    folder,
    data,
    env,
    api,
    get database() {
      return (database ??= openDatabase(databaseUrl(paths, ports().postgres), { max: 3, applicationName: 'oracle' }));
    },
    cli: (args, more = {}) =>
      runCommand(process.execPath, ['cli/signalbox.mjs', ...args], {
        ...more,
        cwd: from,
        env: { ...env, ...more.env },
      }),
    signIn,
    gatewayAddress: () => `127.0.0.1:${ports().gateway}`,
    temporalAddress: () => `127.0.0.1:${ports().temporal}`,
    pids,
    kill(role) {
      const pid = pidOf(role);
      sendSignal(pid, 'SIGKILL');
      return pid;
    },
    crashPostgres() {
      const pid = pidOf('postgres');
      sendSignal(pid, 'SIGQUIT');
      return pid;
    },
    supervisor,
    start,
    printed,
    async interrupt() {
      const running = supervisor();
      if (running.exitCode === null && running.pid !== undefined) process.kill(-running.pid, 'SIGINT');
      await ended(running);
      return running.exitCode ?? -1;
    },
    async killSupervisor() {
      supervisor().kill('SIGKILL');
      await ended(supervisor());
    },
    logged,
    evidence,
    async remove() {
      await database?.close().catch(() => undefined);
      if (child !== undefined && child.exitCode === null && child.signalCode === null) {
        child.kill('SIGINT');
        await Promise.race([ended(child), new Promise((resolve) => setTimeout(resolve, 30_000).unref())]);
      }
      killProcessesOf(folder);
      await eventually('nothing is left running', () => processesOf(folder).length === 0, { withinMs: 10_000 });
      process.removeListener('exit', cleanUp);
      rmSync(folder, { recursive: true, force: true });
    },
  };
  try {
    await start();
  } catch (error) {
    await platform.remove().catch(() => undefined);
    throw error;
  }
  return platform;
}

/** Where the servers come from may be set outside; nothing else of the test's settings may leak in. */
const inherited = ['SIGNALBOX_CACHE', 'SIGNALBOX_POSTGRES_BIN', 'SIGNALBOX_TEMPORAL_BIN', 'SIGNALBOX_PROMETHEUS_BIN'];

function inheritedEnvironment(): Record<string, string> {
  const ours = (name: string) => /^(SIGNALBOX|TEMPORAL|VITEST|NODE_OPTIONS)/.test(name) && !inherited.includes(name);
  return Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) => (value === undefined || ours(name) ? [] : [[name, value]])),
  );
}
