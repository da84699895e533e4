import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { RunCommand, type RunRef, RunResult } from '#proto/gen/agent.ts';
import { openClosedRuns } from './closed-runs.ts';
import { isDiskFull, readIfPresent, readRecord, syncFolder, writeDurably, writeRecord } from './durable-file.ts';
import { type Log } from './log.ts';
import { lostResult, revokedResult } from './run-result.ts';

/** A run whose end the server has not confirmed. */
export interface SpooledRun {
  readonly run: RunRef;
  readonly seq: number;
  /** Control folder: the command, what the run supervisor writes, the result. */
  readonly folder: string;
  /** The server asked for its end. */
  killRequested: boolean;
  /** The result is on disk. */
  ended: boolean;
}

/**
 * What this agent must not forget, on disk: the commands it accepted, the results the server has not confirmed, and the
 * ids of runs that must never start again. Every method returns after its change would survive a power cut.
 *
 *     spool/id                    random id of this folder
 *     spool/runs/RUN_ID/command   the RunCommand, without the values of secrets
 *     spool/runs/RUN_ID/secrets   these values (a RunCommand with nothing else), until the result is on disk
 *     spool/runs/RUN_ID/kill      the number of the kill command
 *     spool/runs/RUN_ID/result    the RunResult
 *     spool/closed                runs that are over, one JSON line each
 *     spool/damaged/              records that could not be read, set aside
 */
export interface Spool {
  readonly id: string;
  /** Highest command number ever accepted into this spool. */
  lastSeq(): number;
  /** Runs whose end is not confirmed, in the order of their numbers. */
  openRuns(): readonly SpooledRun[];
  find(runId: string): SpooledRun | undefined;
  isClosed(runId: string): boolean;
  /** Keeps a command; undefined where the run is known already, open or closed. */
  accept(command: RunCommand): Promise<SpooledRun | undefined>;
  /** Notes that the server wants a known run to end. */
  requestKill(run: SpooledRun, seq: number): Promise<void>;
  /** Remembers that a run never seen here must not start. With `report`, the server is told so as its result. */
  bury(run: RunRef, seq: number, report: boolean): Promise<void>;
  /** Where the values of secrets are gone, they are missing in its environment. */
  readCommand(run: SpooledRun): Promise<RunCommand>;
  storeResult(run: SpooledRun, result: RunResult): Promise<void>;
  readResult(run: SpooledRun): Promise<RunResult | undefined>;
  /** The server has these results: their folders go, their ids stay. Returns the folders' runs. */
  close(runIds: readonly string[]): Promise<readonly SpooledRun[]>;
  /** A number was accepted that leaves no record of its own. */
  noteSeq(seq: number): void;
}

/** Run ids become folder names. */
const runIdPattern = /^[0-9a-zA-Z-]{1,64}$/;

export async function openSpool(folder: string, log: Log): Promise<Spool> {
  const runsFolder = join(folder, 'runs');
  await mkdir(runsFolder, { recursive: true, mode: 0o700 });
  const id = await readOrMakeId(join(folder, 'id'));
  const closed = await openClosedRuns(join(folder, 'closed'));
  const open = new Map<string, SpooledRun>();
  let lastSeq = closed.highestSeq();

  const add = (run: RunRef, seq: number, state: { killRequested?: boolean; ended?: boolean } = {}): SpooledRun => {
    const spooled = { run, seq, folder: join(runsFolder, run.runId), killRequested: false, ended: false, ...state };
    open.set(run.runId, spooled);
    lastSeq = Math.max(lastSeq, seq);
    return spooled;
  };

  const makeRunFolder = async (runId: string): Promise<string> => {
    if (!runIdPattern.test(runId)) throw new Error(`Not a run id: ${JSON.stringify(runId)}`);
    const runFolder = join(runsFolder, runId);
    await mkdir(runFolder, { recursive: true, mode: 0o700 });
    return runFolder;
  };

  const setAside = async (path: string, name: string): Promise<void> => {
    await mkdir(join(folder, 'damaged'), { recursive: true, mode: 0o700 });
    await rename(path, join(folder, 'damaged', `${name}.${Date.now()}.${randomUUID().slice(0, 8)}`));
  };

  const storeResult = async (spooled: SpooledRun, result: RunResult): Promise<void> => {
    const path = join(spooled.folder, 'result');
    const encode = (value: RunResult) => RunResult.encode(value).finish();
    try {
      await writeRecord(path, encode(result));
    } catch (error) {
      if (!isDiskFull(error)) throw error;
      // How it ended matters more than what it printed: make room and keep that.
      log.error('disk full: the output of a run is dropped to keep its result', { run: spooled.run.runId });
      await removeOutput(spooled.folder);
      const cut = { ...result, stdout: undefined, stderr: undefined };
      const detail = [result.detail, "output dropped: the agent's disk is full"].filter(Boolean).join('; ');
      await writeRecord(path, encode({ ...cut, detail }));
    }
    spooled.ended = true;
    await forgetSecrets(spooled.folder);
  };

  /** The masked output is in the result: neither the values nor what was printed is needed any more. */
  const forgetSecrets = async (runFolder: string): Promise<void> => {
    const path = join(runFolder, 'secrets');
    if ((await readIfPresent(path)) === undefined) return;
    // In this order: as long as there are values, the next start comes here again.
    await removeOutput(runFolder);
    await rm(path, { force: true });
    await syncFolder(runFolder);
  };

  async function load(runId: string): Promise<void> {
    const runFolder = join(runsFolder, runId);
    const command = await readRecord(join(runFolder, 'command'));
    const result = await readRecord(join(runFolder, 'result'));
    const kill = await readIfPresent(join(runFolder, 'kill'));
    const killSeq = Number.parseInt(kill?.toString('utf8') ?? '0', 10) || 0;
    const state = { killRequested: kill !== undefined };

    if (result instanceof Buffer) {
      const { run } = RunResult.decode(result);
      const seq = command instanceof Buffer ? RunCommand.decode(command).seq : 0;
      add(run ?? { runId, taskId: '', attempt: 0 }, Math.max(seq, killSeq), { ...state, ended: true });
      await forgetSecrets(runFolder);
      return;
    }
    if (result === 'damaged') await setAside(join(runFolder, 'result'), `${runId}.result`);
    if (command instanceof Buffer) {
      const { run, seq } = RunCommand.decode(command);
      add(run ?? { runId, taskId: '', attempt: 0 }, Math.max(seq, killSeq), state);
      return;
    }
    if (command === undefined && kill === undefined && result === undefined) {
      // A crash between making the folder and the record: the command was never acknowledged.
      await rm(runFolder, { recursive: true, force: true });
      return;
    }
    log.error('damaged record in the spool, set aside', { run: runId });
    await forgetSecrets(runFolder);
    await setAside(runFolder, runId);
    await makeRunFolder(runId);
    const lost = add({ runId, taskId: '', attempt: 0 }, killSeq, state);
    await storeResult(lost, lostResult(lost.run, 'outcomeUnknown', 'its record on the disk of the agent was damaged'));
  }

  for (const name of await readdir(runsFolder)) {
    if (closed.has(name)) {
      await removeRunFolder(join(runsFolder, name));
      continue;
    }
    try {
      await load(name);
    } catch (error) {
      log.error('unreadable run in the spool', { run: name, error });
    }
  }

  return {
    id,
    lastSeq: () => lastSeq,
    openRuns: () => [...open.values()].sort((a, b) => a.seq - b.seq),
    find: (runId) => open.get(runId),
    isClosed: (runId) => closed.has(runId),
    noteSeq(seq) {
      lastSeq = Math.max(lastSeq, seq);
    },
    async accept(command) {
      const run = command.run ?? { runId: '', taskId: '', attempt: 0 };
      if (open.has(run.runId) || closed.has(run.runId)) {
        lastSeq = Math.max(lastSeq, command.seq);
        return undefined;
      }
      const runFolder = await makeRunFolder(run.runId);
      try {
        const { kept, secrets } = withoutSecrets(command);
        // First: a command without its values would be an accepted one that cannot run.
        if (secrets !== undefined) await writeRecord(join(runFolder, 'secrets'), RunCommand.encode(secrets).finish());
        const record = writeRecord(join(runFolder, 'command'), RunCommand.encode(kept).finish());
        await Promise.all([record, syncFolder(runsFolder)]);
      } catch (error) {
        await rm(runFolder, { recursive: true, force: true });
        throw error;
      }
      return add(run, command.seq);
    },
    async requestKill(spooled, seq) {
      if (!spooled.killRequested) await writeDurably(join(spooled.folder, 'kill'), `${seq}\n`);
      spooled.killRequested = true;
      lastSeq = Math.max(lastSeq, seq);
    },
    async bury(run, seq, report) {
      if (!report) {
        await closed.add([{ runId: run.runId, seq }]);
        lastSeq = Math.max(lastSeq, seq);
        return;
      }
      const runFolder = await makeRunFolder(run.runId);
      await Promise.all([writeDurably(join(runFolder, 'kill'), `${seq}\n`), syncFolder(runsFolder)]);
      await storeResult(add(run, seq, { killRequested: true }), revokedResult(run));
    },
    async readCommand(spooled) {
      const record = await readRecord(join(spooled.folder, 'command'));
      if (!(record instanceof Buffer)) throw new Error(`The record of run ${spooled.run.runId} is damaged or gone`);
      const command = RunCommand.decode(record);
      const secrets = command.secretNames.length === 0 ? undefined : await readRecord(join(spooled.folder, 'secrets'));
      if (!(secrets instanceof Buffer)) return command;
      return { ...command, env: { ...command.env, ...RunCommand.decode(secrets).env } };
    },
    storeResult,
    async readResult(spooled) {
      const record = await readRecord(join(spooled.folder, 'result'));
      return record instanceof Buffer ? RunResult.decode(record) : undefined;
    },
    async close(runIds) {
      const known = runIds.flatMap((runId) => open.get(runId) ?? []).filter((spooled) => spooled.ended);
      if (known.length === 0) return [];
      const entries = known.map((spooled) => ({ runId: spooled.run.runId, seq: spooled.seq }));
      try {
        await closed.add(entries);
      } catch (error) {
        if (!isDiskFull(error)) throw error;
        for (const spooled of known) await removeOutput(spooled.folder);
        await closed.add(entries);
      }
      for (const spooled of known) {
        open.delete(spooled.run.runId);
        await removeRunFolder(spooled.folder);
      }
      return known;
    },
  };
}

/** A command, and apart from it the values that are secrets. */
function withoutSecrets(command: RunCommand): { kept: RunCommand; secrets: RunCommand | undefined } {
  if (command.secretNames.length === 0) return { kept: command, secrets: undefined };
  const names = new Set(command.secretNames);
  const variables = Object.entries(command.env);
  return {
    kept: { ...command, env: Object.fromEntries(variables.filter(([name]) => !names.has(name))) },
    secrets: RunCommand.fromPartial({ env: Object.fromEntries(variables.filter(([name]) => names.has(name))) }),
  };
}

/** Where a filter of a dead supervisor still writes, the folder may stay; the next start removes it. */
async function removeRunFolder(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 }).catch(() => {});
}

async function removeOutput(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (/^(stdout|stderr)\./.test(name)) await rm(join(folder, name), { force: true });
  }
}

async function readOrMakeId(file: string): Promise<string> {
  const known = (await readIfPresent(file))?.toString('utf8').trim();
  if (known !== undefined && known !== '') return known;
  const made = randomUUID();
  await writeDurably(file, `${made}\n`);
  return made;
}
