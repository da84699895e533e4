import { existsSync, statfsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { cacheRoot } from '../ensure/cache-folder.ts';
import { findCommand, runCommand } from '../ensure/command.ts';
import { postgresBinaries } from '../ensure/postgres.ts';
import { temporalCachePart, temporalServerVersion } from '../ensure/temporal.ts';
import { fail, ok, warn, type Env, type Finding } from './check.ts';

const gibibyte = 1024 ** 3;

function nodeVersion(): Finding {
  const { node } = process.versions;
  return Number(node.split('.')[0]) >= 24
    ? ok('node', node)
    : fail('node', node, 'Run npm start (or node tools/setup.mjs): it brings the pinned Node 24.');
}

async function command(check: string, name: string, args: string[], env: Env, missing: Finding): Promise<Finding> {
  const file = findCommand(name, env);
  if (!file) return missing;
  const version = await runCommand(file, args, { timeoutMs: 20_000 }).catch(() => '');
  return ok(check, version.trim().split('\n')[0] || file);
}

async function temporalProgram(env: Env): Promise<Finding> {
  const cached = join(cacheRoot(env), temporalCachePart, 'bin', 'temporal');
  const candidates = [env['SIGNALBOX_TEMPORAL_BIN'], findCommand('temporal', env), cached];
  const binary = candidates.find((file) => file && existsSync(file));
  if (!binary)
    return warn(
      'temporal program',
      'none yet',
      'npm start fetches it, or builds it with Go where it cannot be downloaded.',
    );
  const version = await temporalServerVersion(binary);
  return version
    ? ok('temporal program', `server ${version}, ${binary}`)
    : fail(
        'temporal program',
        `${binary} does not run`,
        'Delete it (npm start fetches it again), or correct SIGNALBOX_TEMPORAL_BIN.',
      );
}

async function postgresProgram(env: Env): Promise<Finding> {
  try {
    const { version, binDir } = await postgresBinaries({ env, say: () => undefined });
    return ok('postgres program', `${version}, ${binDir}`);
  } catch (error) {
    return fail('postgres program', 'none', (error as Error).message);
  }
}

/** Free space where `folder` is or will be. */
export function diskSpace(check: string, folder: string): Finding {
  let present = folder;
  while (!existsSync(present) && dirname(present) !== present) present = dirname(present);
  const { bavail, bsize } = statfsSync(present);
  const free = (bavail * bsize) / gibibyte;
  const found = `${free.toFixed(1)} GiB free in ${present}`;
  if (free < 0.2)
    return fail(check, found, 'Free some space: PostgreSQL and the agent stop writing when the disk is full.');
  return free < 2 ? warn(check, found, 'Free some space soon.') : ok(check, found);
}

/** What the machine itself brings. */
export async function checkMachine(env: Env, folder: string): Promise<Finding[]> {
  return [
    nodeVersion(),
    await command(
      'npm',
      'npm',
      ['--version'],
      env,
      warn('npm', 'not on PATH', 'It is needed to update; it comes with Node from nodejs.org.'),
    ),
    await command('git', 'git', ['--version'], env, warn('git', 'not on PATH', 'It is needed to update: install git.')),
    await command(
      'go',
      'go',
      ['version'],
      env,
      ok('go', 'not installed (needed only where Temporal cannot be downloaded)'),
    ),
    await command('java', 'java', ['--version'], env, ok('java', 'not installed (needed only by npm test)')),
    await postgresProgram(env),
    await temporalProgram(env),
    diskSpace('disk', folder),
  ];
}
