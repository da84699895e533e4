import { randomBytes } from 'node:crypto';
import { chmodSync, chownSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { basename, dirname, join } from 'node:path';
import { runCommand } from '#tools/ensure/command.ts';
import { userCan, type DatabaseUser } from '#tools/ensure/database-user.ts';
import { sharedFolder, type PostgresBinaries } from '#tools/ensure/postgres.ts';
import type { DataFolder } from './data-folder.ts';
import { unfinishedCluster } from './orphans.ts';

/** The role and the database that the platform uses; no superuser. */
const applicationName = 'signalbox';

/** Where a data folder has its PostgreSQL cluster, and why it is not inside. */
export interface ClusterPlace {
  readonly cluster: string;
  readonly reason?: string;
}

/**
 * `<data>/postgres`, or a folder below /var/lib/signalbox when PostgreSQL's user cannot enter the data folder.
 * The choice is kept in the data folder: with the folder deleted, a later one never finds an old cluster.
 */
export function placeCluster(folder: DataFolder, user: DatabaseUser | undefined): ClusterPlace {
  const inside = join(folder.root, 'postgres');
  const note = join(folder.root, 'postgres-elsewhere');
  if (existsSync(note)) return { cluster: readFileSync(note, 'utf8').trim() };
  if (!user || existsSync(inside) || userCan(user, '-x', folder.root)) return { cluster: inside };
  const name = `${basename(dirname(folder.root)).replaceAll(/[^A-Za-z0-9-]/g, '')}-${randomBytes(4).toString('hex')}`;
  const outside = join(sharedFolder, name, 'postgres');
  writeFileSync(note, `${outside}\n`, { mode: 0o600 });
  return {
    cluster: outside,
    reason: `The user ${user.name}, who runs PostgreSQL, cannot enter ${folder.root}: the database lives in ${outside}.`,
  };
}

function secret(path: string): string {
  if (!existsSync(path)) writeFileSync(path, randomBytes(24).toString('hex'), { mode: 0o600 });
  return readFileSync(path, 'utf8').trim();
}

function locale(): string {
  const known = execFileSync('locale', ['-a'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).split('\n');
  return ['C.UTF-8', 'C.utf8', 'en_US.UTF-8', 'en_US.utf8'].find((name) => known.includes(name)) ?? 'C';
}

/** The address of the platform's database for a process of ours. Carries the password. */
export function databaseUrl(folder: DataFolder, port: number): string {
  return `postgres://${applicationName}:${secret(join(folder.keys, 'postgres-password'))}@127.0.0.1:${port}/${applicationName}`;
}

/**
 * Makes the cluster when there is none: passwords for everybody, loopback only, no socket file; the superuser's password is
 * in keys/postgres-admin-password. Interrupted halfway, the next call starts afresh.
 */
export async function makeCluster(
  folder: DataFolder,
  cluster: string,
  binaries: PostgresBinaries,
  user: DatabaseUser | undefined,
): Promise<void> {
  const versionFile = join(cluster, 'PG_VERSION');
  if (existsSync(versionFile)) {
    const made = readFileSync(versionFile, 'utf8').trim();
    const major = binaries.version.split('.')[0];
    if (made === major) return;
    throw new Error(
      `${cluster} was made by PostgreSQL ${made}, the programs at hand are ${binaries.version}.\n` +
        `Next step: set SIGNALBOX_POSTGRES_BIN to the bin folder of a PostgreSQL ${made}, or move the data over with pg_dump.`,
    );
  }
  const parent = dirname(cluster);
  const unfinished = unfinishedCluster(cluster);
  const passwordFile = `${cluster}.password`;
  mkdirSync(parent, { recursive: true, mode: 0o755 });
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { mode: 0o700 });
  writeFileSync(passwordFile, `${secret(join(folder.keys, 'postgres-admin-password'))}\n`, { mode: 0o600 });
  if (user) {
    chownSync(unfinished, user.uid, user.gid);
    chownSync(passwordFile, user.uid, user.gid);
  }
  const as = { cwd: '/', uid: user?.uid, gid: user?.gid };
  const initdb = [
    '-D',
    unfinished,
    '-U',
    'postgres',
    '--pwfile',
    passwordFile,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    `--locale=${locale()}`,
  ];
  try {
    await runCommand(binaries.initdb, initdb, as);
    const password = secret(join(folder.keys, 'postgres-password'));
    await runCommand(binaries.postgres, ['--single', '-D', unfinished, 'postgres'], {
      ...as,
      input: `CREATE ROLE ${applicationName} LOGIN PASSWORD '${password}'\nCREATE DATABASE ${applicationName} OWNER ${applicationName}\n`,
    });
  } finally {
    rmSync(passwordFile, { force: true });
  }
  chmodSync(unfinished, 0o700);
  renameSync(unfinished, cluster);
}
