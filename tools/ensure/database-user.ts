import { execFileSync, spawnSync } from 'node:child_process';

/** The system user that PostgreSQL runs as when we are root (PostgreSQL refuses to run as root). */
export interface DatabaseUser {
  readonly uid: number;
  readonly gid: number;
  readonly name: string;
}

function lookUp(name: string): DatabaseUser | undefined {
  const answer = spawnSync('id', [name], { encoding: 'utf8' });
  const match = /uid=(\d+)\S* gid=(\d+)/.exec(answer.stdout ?? '');
  return answer.status === 0 && match ? { uid: Number(match[1]), gid: Number(match[2]), name } : undefined;
}

/**
 * Undefined when this process is not root. As root: the user `postgres` where the machine has it, else `signalbox`,
 * which is created as a system user (never `nobody`, whose files every other careless service could read).
 */
export function databaseUser(
  say: (line: string) => void = (line) => process.stderr.write(`${line}\n`),
): DatabaseUser | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const present = lookUp('postgres') ?? lookUp('signalbox');
  if (present) return present;
  say('PostgreSQL does not run as root: creating the system user `signalbox` for it.');
  execFileSync('useradd', ['--system', '--no-create-home', '--shell', '/usr/sbin/nologin', 'signalbox'], {
    stdio: 'ignore',
  });
  const created = lookUp('signalbox');
  if (!created)
    throw new Error(
      'The system user `signalbox` could not be created. Create it (useradd --system signalbox) and start again.',
    );
  return created;
}

/** Whether `user` (or this process, when undefined) passes `test OPERATOR path`; `-x` on a folder means: can enter it. */
export function userCan(user: DatabaseUser | undefined, operator: '-x' | '-r' | '-w', path: string): boolean {
  const who = user ? { uid: user.uid, gid: user.gid } : {};
  return (
    spawnSync('/bin/sh', ['-c', `test ${operator} "$0"`, path], { ...who, cwd: '/', stdio: 'ignore' }).status === 0
  );
}
