import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmod, chown, lstat, mkdir, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { ResultCodeName } from '#domain/tasks/result-codes.ts';
import type { RunCommand } from '#proto/gen/agent.ts';
import { isDiskFull } from './durable-file.ts';
import { type LocalPolicy, policyFault } from './local-policy.ts';
import { resolveProgram, type RunProgram } from './run-program.ts';
import { findUser, type RunUser } from './run-user.ts';

/** All that the run supervisor needs to start a script. */
export interface PreparedRun {
  readonly program: RunProgram;
  readonly workFolder: string;
  readonly cwd: string;
  /** The account to become; undefined: the agent's own. */
  readonly user: RunUser | undefined;
}

/** Why nothing of a run is executed. */
export interface RefusedRun {
  readonly refused: ResultCodeName;
  readonly detail: string;
}

const defaultPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/**
 * Makes the work folder of a run (0700, of the run's user) with its script and its environment. What a crash left of an
 * earlier try is removed first: root never writes into a folder that another user may have touched.
 */
export async function prepareRun(
  command: RunCommand,
  workFolder: string,
  policy: LocalPolicy,
  agent: { readonly uid: number; readonly account: RunUser | undefined },
): Promise<PreparedRun | RefusedRun> {
  const account = command.runAs === '' ? agent.account : await findUser(command.runAs);
  if (command.runAs !== '') {
    if (account === undefined) return { refused: 'noSuchUser', detail: `'${command.runAs}'` };
    if (agent.uid !== 0 && account.uid !== agent.uid)
      return { refused: 'userNotPermitted', detail: `'${command.runAs}'` };
  }
  const wrongName = Object.keys(command.env).find((name) => !/^[A-Za-z_][A-Za-z0-9_]*$/.test(name));
  if (wrongName !== undefined) return { refused: 'cannotStart', detail: `'${wrongName}' cannot name a variable` };

  const environment = runEnvironment(command, account);
  const scriptPath = join(workFolder, 'script');
  const program = await resolveProgram(command, scriptPath, environment.PATH ?? defaultPath);
  if ('missing' in program) {
    const detail = `'${program.missing}'`;
    return { refused: program.isScript ? 'interpreterMissing' : 'cannotStart', detail };
  }
  const fault = policyFault(policy, account?.name ?? String(agent.uid), program);
  if (fault !== undefined) return { refused: fault.code, detail: fault.detail };

  const user = account !== undefined && account.uid !== agent.uid ? account : undefined;
  const owner = user === undefined ? undefined : { uid: user.uid, gid: user.gid };
  const folder = join(workFolder, 'folder');
  try {
    await removeWorkFolder(workFolder, agent.uid);
    await mkdir(workFolder, { mode: 0o700 });
    await mkdir(folder, { mode: 0o700 });
    await giveTo(folder, owner);
    if (program.isScript) await writeFor(scriptPath, command.script, 0o700, owner);
    await writeFor(join(workFolder, 'environment'), shellAssignments(environment), 0o600, owner);
    await giveTo(workFolder, owner);
  } catch (error) {
    if (isDiskFull(error)) return { refused: 'diskFull', detail: '' };
    throw error;
  }
  return { program, workFolder, cwd: command.workDir === '' ? folder : command.workDir, user };
}

function runEnvironment(command: RunCommand, account: RunUser | undefined): Record<string, string> {
  const own =
    account === undefined
      ? {}
      : { HOME: account.home, USER: account.name, LOGNAME: account.name, SHELL: account.shell };
  return {
    PATH: defaultPath,
    LANG: 'C.UTF-8',
    ...own,
    SIGNALBOX_TASK_ID: command.run?.taskId ?? '',
    SIGNALBOX_RUN_ID: command.run?.runId ?? '',
    SIGNALBOX_ATTEMPT: String(command.run?.attempt ?? 0),
    ...command.env,
  };
}

/** Lines that a POSIX shell reads back as exactly these values: between single quotes only ' itself is special. */
export function shellAssignments(environment: Readonly<Record<string, string>>): string {
  return Object.entries(environment)
    .map(([name, value]) => `export ${name}='${value.replaceAll("'", `'\\''`)}'\n`)
    .join('');
}

type Owner = { readonly uid: number; readonly gid: number } | undefined;

async function giveTo(path: string, owner: Owner): Promise<void> {
  if (owner !== undefined) await chown(path, owner.uid, owner.gid);
}

async function writeFor(path: string, content: string | Uint8Array, mode: number, owner: Owner): Promise<void> {
  await writeFile(path, content, { mode, flag: 'wx' });
  await giveTo(path, owner);
}

/** Removes a run's work folder; another user's by rm(1), which no link that he plants meanwhile can lead astray. */
export async function removeWorkFolder(workFolder: string, agentUid: number): Promise<void> {
  const owner = await lstat(workFolder).catch(() => undefined);
  if (owner === undefined) return;
  if (owner.uid === agentUid) return rm(workFolder, { recursive: true, force: true, maxRetries: 3 });
  await promisify(execFile)('rm', ['-rf', '--', workFolder]);
}

/**
 * Where work folders live: below the data folder, so long as other users could enter it there (the folders above must
 * let them pass); else, for an agent that is root, under /var/lib, named after the data folder.
 */
export async function chooseWorkRoot(dataFolder: string, agentUid: number): Promise<string> {
  let root = join(dataFolder, 'work');
  if (agentUid === 0 && !(await othersMayEnter(dataFolder))) {
    root = join('/var/lib/signalbox-agent', createHash('sha256').update(dataFolder).digest('hex').slice(0, 16));
  }
  await mkdir(root, { recursive: true, mode: 0o711 });
  await chmod(root, 0o711);
  return root;
}

async function othersMayEnter(folder: string): Promise<boolean> {
  for (let path = folder; ; path = dirname(path)) {
    if (((await stat(path)).mode & 0o001) === 0) return false;
    if (path === dirname(path)) return true;
  }
}
