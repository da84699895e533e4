import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** An account of this host. */
export interface RunUser {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  readonly home: string;
  readonly shell: string;
}

const run = promisify(execFile);

/** Looks an account up by name or id the way the host does (files, LDAP, …); undefined where there is none. */
export async function findUser(nameOrId: string): Promise<RunUser | undefined> {
  try {
    const { stdout } = await run('getent', ['passwd', '--', nameOrId], { timeout: 10_000 });
    return parsePasswd(stdout);
  } catch (error) {
    // getent ends with 2 where the key is not found; anything else is a fault of the host.
    if (error instanceof Error && 'code' in error && error.code === 2) return undefined;
    throw error;
  }
}

function parsePasswd(line: string): RunUser | undefined {
  const [name, , uid, gid, , home, shell] = line.trimEnd().split('\n')[0]?.split(':') ?? [];
  if (name === undefined || uid === undefined || gid === undefined) return undefined;
  return { name, uid: Number(uid), gid: Number(gid), home: home || '/', shell: shell || '/bin/sh' };
}
