import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { databaseUser, postgresBinaries } from '#tools/ensure/postgres.ts';

/** A real PostgreSQL server of a test's own. */
export interface TestPostgres {
  readonly port: number;
  url(database: string): string;
  /** Immediate stop, as after a power cut; `start()` brings it back with its data. */
  crash(): Promise<void>;
  start(): Promise<void>;
  /** Stops the server and removes its data. */
  remove(): Promise<void>;
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

/** Where the database's user can get to, also when the tests run as root. */
export function traversableTemp(prefix: string): string {
  const directory = mkdtempSync(join('/tmp', prefix));
  chmodSync(directory, 0o755);
  return directory;
}

/** Initialises and starts a server on a free loopback port, with trust for loopback (test data only). */
export async function startTestPostgres(options: { fsync?: boolean } = {}): Promise<TestPostgres> {
  const binaries = await postgresBinaries();
  const user = databaseUser();
  const identity = user === undefined ? {} : { uid: user.uid, gid: user.gid };
  const root = traversableTemp('signalbox-test-postgres-');
  const data = join(root, 'data');
  mkdirSync(data, { mode: 0o700 });
  if (user !== undefined) chownSync(data, user.uid, user.gid);
  const init = spawnSync(
    binaries.initdb,
    ['-D', data, '-U', 'signalbox', '-A', 'trust', '-E', 'UTF8', '--no-locale', '--no-sync'],
    {
      ...identity,
      cwd: root,
      encoding: 'utf8',
    },
  );
  if (init.status !== 0) throw new Error(`initdb failed: ${init.stderr}`);
  const port = await freePort();
  let server: ChildProcess | undefined;

  async function start(): Promise<void> {
    server = spawn(
      binaries.postgres,
      // prettier-ignore
      ['-D', data, '-p', String(port), '-h', '127.0.0.1', '-k', '', '-c', `fsync=${options.fsync === true ? 'on' : 'off'}`,
       '-c', 'max_connections=200', '-c', 'log_min_messages=fatal', '-c', 'shared_buffers=64MB'],
      { ...identity, cwd: data, detached: true, stdio: 'ignore' },
    );
    for (let tries = 0; ; tries++) {
      const client = new pg.Client({ connectionString: url('postgres') });
      try {
        await client.connect();
        await client.end();
        return;
      } catch (error) {
        await client.end().catch(() => undefined);
        if (tries > 200) throw error;
        await sleep(50);
      }
    }
  }

  const url = (database: string) => `postgres://signalbox@127.0.0.1:${port}/${database}`;

  async function stop(signal: NodeJS.Signals): Promise<void> {
    const running = server;
    server = undefined;
    if (running === undefined || running.exitCode !== null) return;
    const gone = new Promise((resolve) => running.once('exit', resolve));
    running.kill(signal);
    await gone;
  }

  await start();
  return {
    port,
    url,
    start,
    crash: () => stop('SIGQUIT'),
    async remove() {
      await stop('SIGINT');
      if (existsSync(root)) rmSync(root, { recursive: true, force: true });
    },
  };
}
