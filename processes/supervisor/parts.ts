import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { get } from 'node:http';
import { join } from 'node:path';
import { searchAttributeTypes } from '#domain/durables.ts';
import { runCommand } from '#tools/ensure/command.ts';
import type { DatabaseUser } from '#tools/ensure/database-user.ts';
import type { PostgresBinaries } from '#tools/ensure/postgres.ts';
import type { DataFolder } from './data-folder.ts';
import { clearCluster, stopSignals, type Role } from './orphans.ts';
import type { PortName, Ports, ReservedPorts } from './ports.ts';
import { reachableHost } from './start-settings.ts';
import type { ChildSpec } from './supervised-child.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** How long the embedded Temporal keeps a closed workflow: 30 days (its own default is one). */
const retention = '720h';
const searchAttributes = Object.entries(searchAttributeTypes).map(([name, type]) => `${name}=${type}`);

/** The environment without settings of ours (they carry secrets) and without what would steer the Temporal CLI. */
export function plainEnvironment(env: Env): Env {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !/^(SIGNALBOX|TEMPORAL)_/.test(name)));
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', timeout: 1_000 });
    const end = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => end(true));
    socket.once('error', () => end(false));
    socket.once('timeout', () => end(false));
  });
}

/** Whether a GET answers 200 within two seconds. */
export function answersOk(url: string): Promise<boolean> {
  return new Promise((resolve) => {
    const request = get(url, { timeout: 2_000 }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    request.once('timeout', () => request.destroy());
    request.once('error', () => resolve(false));
  });
}

/** Embedded PostgreSQL on loopback, with durable writes. */
export function postgresPart(
  binaries: PostgresBinaries,
  cluster: string,
  user: DatabaseUser | undefined,
  reserved: ReservedPorts,
  env: Env,
): ChildSpec {
  const port = reserved.ports.postgres;
  const settings = [
    `port=${port}`,
    'listen_addresses=127.0.0.1',
    'unix_socket_directories=',
    'max_connections=200',
    'shared_buffers=256MB',
    'max_wal_size=2GB',
    'jit=off',
    'timezone=UTC',
    'log_timezone=UTC',
    'log_line_prefix=%m [%p] ',
  ];
  return {
    role: 'postgres',
    title: `PostgreSQL ${binaries.version}`,
    async prepare() {
      await clearCluster(cluster);
      await reserved.release('postgres');
    },
    command: () => ({
      file: binaries.postgres,
      args: ['-D', cluster, ...settings.flatMap((setting) => ['-c', setting])],
      env: plainEnvironment(env),
      cwd: '/',
      user,
    }),
    async ready(pid) {
      // The eighth line of the pid file is PostgreSQL's own word for "accepts connections".
      const lines = (await readFile(join(cluster, 'postmaster.pid'), 'utf8')).split('\n');
      return Number(lines[0]) === pid && lines[7]?.trim() === 'ready';
    },
    readyTimeoutMs: 120_000,
    stop: stopSignals.postgres,
  };
}

/** A real Temporal server of one process with its UI, on one SQLite file. */
export function temporalPart(binary: string, folder: DataFolder, reserved: ReservedPorts, env: Env): ChildSpec {
  const { temporal, temporalUi } = reserved.ports;
  const address = `127.0.0.1:${temporal}`;
  const operator = (args: readonly string[]) =>
    runCommand(binary, ['operator', ...args, '--address', address], { env: plainEnvironment(env), timeoutMs: 10_000 });
  let retentionSet = false;
  return {
    role: 'temporal',
    title: 'Temporal',
    async prepare() {
      await reserved.release('temporal');
      await reserved.release('temporalUi');
    },
    command: () => ({
      file: binary,
      args: [
        'server',
        'start-dev',
        ...['--db-filename', folder.temporalDatabase],
        ...['--ip', '127.0.0.1', '--port', String(temporal), '--ui-port', String(temporalUi)],
        ...['--sqlite-pragma', 'journal_mode=WAL', '--sqlite-pragma', 'synchronous=NORMAL'],
        ...searchAttributes.flatMap((attribute) => ['--search-attribute', attribute]),
        ...['--log-level', 'warn'],
      ],
      env: plainEnvironment(env),
      cwd: folder.root,
    }),
    async ready() {
      if (!(await accepts(temporal))) return false;
      await operator(['cluster', 'health']);
      if (!retentionSet) await operator(['namespace', 'update', '-n', 'default', '--retention', retention]);
      retentionSet = true;
      return true;
    },
    readyTimeoutMs: 90_000,
    stop: stopSignals.temporal,
  };
}

/** Our own roles in one process. `settings` become its environment, on top of the user's. */
export function servePart(
  roles: readonly Exclude<Role, 'agent' | 'temporal' | 'postgres'>[],
  context: {
    checkout: string;
    folder: DataFolder;
    reserved: ReservedPorts;
    hosts: Readonly<Record<PortName, string>>;
    env: Env;
    settings: Env;
  },
): ChildSpec {
  const { checkout, folder, reserved, hosts, env, settings } = context;
  const portOf = { api: 'web', worker: 'workerAdmin', gateway: 'gatewayAdmin' } as const;
  const last = roles[roles.length - 1] ?? 'api';
  return {
    role: roles.join('+'),
    title: roles.join(' + '),
    async prepare() {
      for (const role of roles) await reserved.release(portOf[role]);
      if (roles.includes('gateway')) await reserved.release('gateway');
    },
    command: () => ({
      file: process.execPath,
      args: [join(checkout, 'processes', 'serve.ts'), '--roles', roles.join(','), '--data', folder.root],
      env: { ...env, ...settings },
      cwd: checkout,
    }),
    async ready() {
      const urls = roles.map(
        (role) => `http://${reachableHost(hosts[portOf[role]])}:${reserved.ports[portOf[role]]}/readyz`,
      );
      const answers = await Promise.all(urls.map(answersOk));
      return answers.every(Boolean);
    },
    readyTimeoutMs: 120_000,
    stop: stopSignals[last],
  };
}

/** The agent for this very machine. It gets none of the platform's settings. */
export function agentPart(context: {
  checkout: string;
  folder: DataFolder;
  ports: Ports;
  gatewayHost: string;
  name: string;
  env: Env;
  online: () => Promise<boolean>;
}): ChildSpec {
  const { checkout, folder, ports, gatewayHost, name, env, online } = context;
  return {
    role: 'agent',
    title: 'agent',
    command: () => ({
      file: process.execPath,
      args: [
        join(checkout, 'dist', 'agent.mjs'),
        ...['--server', `${gatewayHost}:${ports.gateway}`, '--join-file', folder.joinFile],
        ...['--data', folder.agent, '--name', name],
      ],
      env: plainEnvironment(env),
      cwd: folder.agent,
    }),
    ready: online,
    readyTimeoutMs: 60_000,
    optional: true,
    stop: stopSignals.agent,
  };
}
