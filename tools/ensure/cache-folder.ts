import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { waitForFileLock } from '#platform/file-lock.ts';
import { withDefaults, type EnsureOptions } from './part.ts';

/** The folder of fetched servers, outside any checkout: `SIGNALBOX_CACHE`, else the user's cache folder. */
export function cacheRoot(env: Readonly<Record<string, string | undefined>>): string {
  if (env['SIGNALBOX_CACHE']) return env['SIGNALBOX_CACHE'];
  return join(env['XDG_CACHE_HOME'] || join(env['HOME'] || homedir(), '.cache'), 'signalbox');
}

/**
 * Answers `<cache>/<part>/<file>` and makes it by `install` when it is not there yet.
 * `install` fills an empty folder, which takes its name only when complete; of several processes one installs, the others wait.
 */
export async function installOnce(
  part: string,
  file: string,
  install: (folder: string) => Promise<void>,
  options: EnsureOptions = {},
): Promise<string> {
  const { env, say } = withDefaults(options);
  const root = cacheRoot(env);
  const wanted = join(root, part, file);
  if (existsSync(wanted)) return wanted;
  mkdirSync(root, { recursive: true });
  const lock = await waitForFileLock(join(root, `${part}.lock`), () =>
    say(`Another process is fetching ${part}; waiting for it.`),
  );
  const unfinished = join(root, `${part}.unfinished`);
  try {
    if (existsSync(wanted)) return wanted;
    rmSync(unfinished, { recursive: true, force: true });
    mkdirSync(unfinished);
    await install(unfinished);
    rmSync(join(root, part), { recursive: true, force: true });
    renameSync(unfinished, join(root, part));
    return wanted;
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
    lock.release();
  }
}
