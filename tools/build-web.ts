import { existsSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from './ensure/command.ts';

/**
 * Builds the web (web/) into dist/web, compressed, as the api serves it. The former build stays until the new one is
 * whole: an api that runs on it goes on serving.
 */
export async function buildWeb(checkout: string): Promise<void> {
  const dist = join(checkout, 'dist');
  const [built, fresh, former] = [join(dist, 'web'), join(dist, 'web.new'), join(dist, 'web.old')];
  for (const folder of [fresh, former]) rmSync(folder, { recursive: true, force: true });
  const vite = join(checkout, 'node_modules', 'vite', 'bin', 'vite.js');
  await runCommand(process.execPath, [vite, 'build', '--logLevel', 'error'], {
    cwd: join(checkout, 'web'),
    env: { ...process.env, SIGNALBOX_WEB_BUILD: fresh },
  });
  if (!existsSync(join(fresh, 'index.html'))) throw new Error('vite built no index.html');
  if (existsSync(built)) renameSync(built, former);
  renameSync(fresh, built);
  rmSync(former, { recursive: true, force: true });
}
