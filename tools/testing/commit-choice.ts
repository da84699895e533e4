import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';

/** The id of the commit that is checked out; where there is no git, `no-commit`. */
export function commitOf(checkout: string): string {
  const git = spawnSync('git', ['rev-parse', 'HEAD'], { cwd: checkout, encoding: 'utf8' });
  const id = git.status === 0 ? git.stdout.trim() : '';
  return /^[0-9a-f]{40,64}$/.test(id) ? id : 'no-commit';
}

/**
 * One of the list, chosen by the commit's id: the same wherever that commit is tested, and over many commits each as often
 * as the others. `what` keeps two choices of one commit apart. Undefined only where there is nothing to choose from.
 */
export function chosenBy<T>(commit: string, what: string, list: readonly T[]): T | undefined {
  const hash = createHash('sha256').update(`${commit} ${what}`).digest();
  return list[hash.readUInt32BE() % list.length];
}
