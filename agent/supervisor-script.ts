import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readIfPresent, writeDurably } from './durable-file.ts';

/**
 * Puts the run supervisor into a folder under a name with its hash, and returns its path. A shell reads its script bit
 * by bit, so the file that running supervisors have open must never be overwritten by an upgrade.
 */
export async function installSupervisorScript(folder: string): Promise<string> {
  const script = await readFile(new URL('./run-supervisor.sh', import.meta.url));
  const hash = createHash('sha256').update(script).digest('hex').slice(0, 12);
  const path = join(folder, `run-supervisor-${hash}.sh`);
  if ((await readIfPresent(path))?.equals(script) !== true) await writeDurably(path, script);
  return path;
}
