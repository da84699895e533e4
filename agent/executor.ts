import { spawn } from 'node:child_process';
import { constants } from 'node:fs';
import { access, open, rmdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type RunCommand, type RunResult } from '#proto/gen/agent.ts';
import { pause } from './backoff.ts';
import { isDiskFull, readIfPresent } from './durable-file.ts';
import type { LocalPolicy } from './local-policy.ts';
import { type Log } from './log.ts';
import { createMasker, type Masker } from './masking/masker.ts';
import { needlesOf } from './masking/spellings.ts';
import { chooseWorkRoot, prepareRun, removeWorkFolder, type PreparedRun } from './prepare-run.ts';
import { processStartTime } from './process-info.ts';
import { keptOutput, readOutput } from './run-output.ts';
import { failedResult, lostResult, type LaunchFault, parseExitRecord, resultOfExit } from './run-result.ts';
import { resolveProgram } from './run-program.ts';
import { findUser } from './run-user.ts';
import type { SpooledRun } from './spool.ts';

/**
 * Brings runs to their end by way of the run supervisor (run-supervisor.sh), which starts a script at most once and
 * outlives this process. Everything is told from the files of the run's folder, so a restarted agent goes on where the
 * former one stopped.
 */
export interface Executor {
  /** Starts the run, or takes it over where it has started. Resolves when it is over; undefined: the agent stops first. */
  execute(run: SpooledRun, command: RunCommand): Promise<RunResult | undefined>;
  /** Has anything of the run begun? */
  hasStarted(run: SpooledRun): Promise<boolean>;
  /** Has the run's group ended by its supervisor: TERM thrice, then KILL. The request must be in the run's folder. */
  kill(run: SpooledRun): Promise<void>;
  /** Removes what the run's user could write. */
  cleanUp(run: SpooledRun): Promise<void>;
  /** Removes the folder of all that, where nothing is left in it. */
  removeWorkRoot(): Promise<void>;
}

export interface ExecutorOptions {
  readonly dataFolder: string;
  readonly supervisorScript: string;
  readonly bootId: string;
  readonly policy: LocalPolicy;
  readonly log: Log;
  /** Aborted when the agent stops; scripts are left alone. */
  readonly stopping: AbortSignal;
  /** Between two TERM signals. */
  readonly signalPauseMs?: number;
}

/** The run supervisor's exit code for "another supervisor has this run". */
const takenByAnother = 75;
const supervisorPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
const pollMs = 200;

interface Started {
  readonly pid: number;
  readonly startTime: string;
  readonly bootId: string;
  readonly startedAtMs: number;
}

export async function createExecutor(options: ExecutorOptions): Promise<Executor> {
  const agentUid = process.getuid?.() ?? 0;
  const ownAccount = await findUser(String(agentUid));
  const workRoot = await chooseWorkRoot(options.dataFolder, agentUid);
  const workFolderOf = (run: SpooledRun) => join(workRoot, run.run.runId);
  const isAlive = (started: Started) =>
    started.bootId === options.bootId && processStartTime(started.pid) === started.startTime;

  async function start(run: SpooledRun, command: RunCommand): Promise<RunResult | undefined> {
    const { refusal } = command;
    if (refusal !== undefined) {
      return { ...failedResult(run.run, 'cannotStart', refusal.detail), code: refusal.code };
    }
    if (lacksSecrets(command)) return failedResult(run.run, 'secretUnreadable', 'its values are gone from the host');
    const prepared = await prepareRun(command, workFolderOf(run), options.policy, {
      uid: agentUid,
      account: ownAccount,
    });
    if ('refused' in prepared) return failedResult(run.run, prepared.refused, prepared.detail);
    const log = await open(join(run.folder, 'supervisor.log'), 'a', 0o600);
    let code: number | null;
    try {
      code = await runSupervisor(run, command, prepared, log.fd);
    } finally {
      await log.close();
    }
    if ((await readStarted(run)) !== undefined) return undefined;
    if (code === takenByAnother) return undefined;
    const said = (await readIfPresent(join(run.folder, 'supervisor.log')))?.toString('utf8').trim().slice(-500) ?? '';
    if (/No space left|Disk quota exceeded/.test(said)) return failedResult(run.run, 'diskFull', '');
    return failedResult(run.run, 'cannotStart', `the run supervisor ended with ${code ?? 'a signal'}: ${said}`);
  }

  /** Resolves when the supervisor ended or the agent stops. */
  function runSupervisor(
    run: SpooledRun,
    command: RunCommand,
    prepared: PreparedRun,
    logFd: number,
  ): Promise<number | null> {
    const { headBytes, tailBytes } = keptOutput(command.outputLimitBytes, maskerOf(command));
    const child = spawn(
      '/bin/sh',
      [
        options.supervisorScript,
        'supervise',
        run.folder,
        prepared.workFolder,
        prepared.cwd,
        (Math.max(1, command.timeoutMs) / 1000).toFixed(3),
        String(options.signalPauseMs ?? 2_000),
        String(headBytes),
        String(tailBytes),
        prepared.user === undefined ? '-' : String(prepared.user.uid),
        prepared.user === undefined ? '-' : String(prepared.user.gid),
        ...prepared.program.argv,
      ],
      { cwd: '/', detached: true, stdio: ['ignore', logFd, logFd], env: { PATH: supervisorPath, LC_ALL: 'C' } },
    );
    child.unref();
    return new Promise((resolve, reject) => {
      const stop = () => resolve(null);
      options.stopping.addEventListener('abort', stop, { once: true });
      const settled = () => options.stopping.removeEventListener('abort', stop);
      child.once('error', (error) => {
        settled();
        reject(error);
      });
      child.once('exit', (code) => {
        settled();
        resolve(code);
      });
    });
  }

  async function readStarted(run: SpooledRun): Promise<Started | undefined> {
    const path = join(run.folder, 'started');
    const text = await readIfPresent(path);
    if (text === undefined) return undefined;
    const [pid, startTime, bootId] = text.toString('utf8').trim().split(' ');
    return {
      pid: Number(pid),
      startTime: startTime ?? '',
      bootId: bootId ?? '',
      startedAtMs: await modifiedAtMs(path),
    };
  }

  async function readExit(run: SpooledRun) {
    const path = join(run.folder, 'exit');
    const text = await readIfPresent(path);
    return text === undefined ? undefined : parseExitRecord(text.toString('utf8'), await modifiedAtMs(path));
  }

  /** The end of a run that has started, by whomever. */
  async function awaitEnd(run: SpooledRun, command: RunCommand): Promise<RunResult | undefined> {
    for (;;) {
      const started = await readStarted(run);
      if (started === undefined) throw new Error(`Run ${run.run.runId} has no record of its start`);
      // In this order: a supervisor writes its exit record, then ends.
      const alive = isAlive(started);
      const exit = await readExit(run);
      if (exit !== undefined) {
        const isScript = command.command.length === 0;
        const program = await resolveProgram({ ...command }, '', supervisorPath);
        const name = 'missing' in program ? program.missing : program.program;
        const fault = exit.status === 0 ? undefined : await readLaunchFault(run);
        const result = resultOfExit(run.run, started.startedAtMs, exit, { fault, isScript, program: name });
        return { ...result, ...(await readOutputs(run, command)) };
      }
      if (started.bootId !== options.bootId) {
        return {
          ...lostResult(run.run, 'hostRebooted', '', started.startedAtMs),
          ...(await readOutputs(run, command)),
        };
      }
      if (!alive) {
        const detail = 'its supervisor is gone; processes of the script may still run';
        return {
          ...lostResult(run.run, 'outcomeUnknown', detail, started.startedAtMs),
          ...(await readOutputs(run, command)),
        };
      }
      if (options.stopping.aborted) return undefined;
      await pause(pollMs, options.stopping);
    }
  }

  /** Nothing where the values are gone that would have to be masked in it. */
  async function readOutputs(run: SpooledRun, command: RunCommand) {
    if (lacksSecrets(command)) {
      options.log.error('the output of a run is withheld: its secrets are gone', { run: run.run.runId });
      return {};
    }
    const masker = maskerOf(command);
    return {
      stdout: await readOutput(run.folder, 'stdout', command.outputLimitBytes, masker),
      stderr: await readOutput(run.folder, 'stderr', command.outputLimitBytes, masker),
    };
  }

  async function readLaunchFault(run: SpooledRun): Promise<LaunchFault | undefined> {
    if (!(await exists(join(run.folder, 'leader')))) return 'launch';
    if (await exists(join(workFolderOf(run), 'environment'))) return 'launch';
    const word = await readUntrusted(join(workFolderOf(run), 'fault'));
    return word === 'exec' || word === 'cwd' ? word : undefined;
  }

  return {
    async execute(run, command) {
      const masked = (result: RunResult | undefined) =>
        result === undefined ? undefined : { ...result, detail: maskerOf(command).mask(result.detail) };
      try {
        if ((await readStarted(run)) === undefined) {
          const ended = await start(run, command);
          if (ended !== undefined) return masked(ended);
          if (options.stopping.aborted) return undefined;
          // A supervisor of a former life of the agent may be about to claim the run.
          for (let polls = 0; polls < 50 && (await readStarted(run)) === undefined; polls += 1) {
            await pause(pollMs, options.stopping);
          }
        }
        return masked(await awaitEnd(run, command));
      } catch (error) {
        if (options.stopping.aborted) return undefined;
        options.log.error('a run could not be carried out', { run: run.run.runId, error });
        const detail = maskerOf(command).mask(error instanceof Error ? error.message : String(error));
        if ((await readStarted(run)) !== undefined) return lostResult(run.run, 'outcomeUnknown', detail);
        return failedResult(run.run, isDiskFull(error) ? 'diskFull' : 'cannotStart', detail);
      }
    },
    hasStarted: async (run) => (await readStarted(run)) !== undefined,
    async kill(run) {
      // The supervisor sets its trap, makes `started`, then looks for the request: so it sees one or the other.
      while (!run.ended && !options.stopping.aborted) {
        const started = await readStarted(run);
        if (started !== undefined) {
          if (isAlive(started)) process.kill(started.pid, 'SIGUSR1');
          return;
        }
        await pause(20, options.stopping);
      }
    },
    cleanUp: (run) => removeWorkFolder(workFolderOf(run), agentUid),
    removeWorkRoot: () => rmdir(workRoot).catch(() => {}),
  };
}

/** The values of secrets in a command. */
const secretsOf = ({ secretNames, env }: RunCommand) => secretNames.flatMap((name) => env[name] ?? []);

const lacksSecrets = (command: RunCommand) => secretsOf(command).length < command.secretNames.length;

const maskNothing = createMasker([]);

/** Made where it is needed, and dropped: a run may take days. */
function maskerOf(command: RunCommand): Masker {
  return command.secretNames.length === 0 ? maskNothing : createMasker(needlesOf(secretsOf(command)));
}

async function modifiedAtMs(path: string): Promise<number> {
  return Math.round((await stat(path)).mtimeMs);
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/** First word of a small file that the run's user may have replaced by anything: links and FIFOs are not followed. */
async function readUntrusted(path: string): Promise<string | undefined> {
  try {
    const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      if (!(await handle.stat()).isFile()) return undefined;
      const buffer = Buffer.alloc(16);
      const { bytesRead } = await handle.read(buffer, 0, buffer.length, 0);
      return buffer.subarray(0, bytesRead).toString('latin1').trim();
    } finally {
      await handle.close();
    }
  } catch {
    return undefined;
  }
}
