import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from './ensure/command.ts';

/** Builds the web (web/) into dist/web, compressed, as the api serves it. */
export async function buildWeb(checkout: string): Promise<void> {
  const vite = join(checkout, 'node_modules', 'vite', 'bin', 'vite.js');
  await runCommand(process.execPath, [vite, 'build', '--logLevel', 'error'], { cwd: join(checkout, 'web') });
  if (!existsSync(join(checkout, 'dist', 'web', 'index.html'))) throw new Error('vite built no dist/web/index.html');
}
