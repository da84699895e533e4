import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { RunCommand, type RunResult } from '#proto/gen/agent.ts';
import { createExecutor, type Executor } from '../executor.ts';
import { createLog } from '../log.ts';
import type { LocalPolicy } from '../local-policy.ts';
import { readBootId } from '../process-info.ts';
import { createRunManager, type RunManager } from '../run-manager.ts';
import { openSpool, type Spool, type SpooledRun } from '../spool.ts';
import { installSupervisorScript } from '../supervisor-script.ts';

/** An agent without its connection: spool, executor and run manager on a folder that may be opened again. */
export interface TestRuns {
  readonly spool: Spool;
  readonly runs: RunManager;
  readonly executor: Executor;
  /** Accepts a command and waits for its result. */
  run(command: Partial<RunCommand>): Promise<RunResult>;
  /** Waits for the result of an accepted run. */
  result(runId: string): Promise<RunResult>;
  /** Stops like a killed agent: scripts go on, nothing is waited for. */
  abandon(): void;
}

/** A data folder that other users may pass through, removed by `remove`. */
export async function makeDataFolder(parent = tmpdir()): Promise<{ path: string; remove(): Promise<void> }> {
  const path = await mkdtemp(join(parent, 'signalbox-agent-'));
  await chmod(path, 0o711);
  // Scripts outlive their agent: one that is being killed may still write.
  return { path, remove: () => rm(path, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 }) };
}

let seq = 0;

/** A command with all that a run needs; numbers go up over the whole test. */
export function makeCommand(command: Partial<RunCommand>): RunCommand {
  seq += 1;
  return RunCommand.fromPartial({
    seq,
    run: { runId: randomUUID(), taskId: randomUUID(), attempt: 1 },
    timeoutMs: 30_000,
    outputLimitBytes: 65_536,
    ...command,
  });
}

export async function openTestRuns(
  dataFolder: string,
  options: { policy?: LocalPolicy; bootId?: string; signalPauseMs?: number; limit?: number } = {},
): Promise<TestRuns> {
  const log = createLog({}, () => {});
  const stopping = new AbortController();
  setMaxListeners(0, stopping.signal);
  const spoolFolder = join(dataFolder, 'spool');
  const spool = await openSpool(spoolFolder, log);
  const executor = await createExecutor({
    dataFolder,
    supervisorScript: await installSupervisorScript(spoolFolder),
    bootId: options.bootId ?? readBootId(),
    policy: options.policy ?? {},
    log,
    stopping: stopping.signal,
    signalPauseMs: options.signalPauseMs ?? 300,
  });
  const unkept = new Map<string, RunResult>();
  const waiting = new Map<string, () => void>();
  const runs = createRunManager({
    spool,
    executor,
    log,
    stopping: stopping.signal,
    onResult(runId, result) {
      if (result !== undefined) unkept.set(runId, result);
      waiting.get(runId)?.();
    },
  });
  runs.setLimit(options.limit ?? 16);
  await runs.start();
  runs.release();

  async function result(runId: string): Promise<RunResult> {
    for (;;) {
      const arrived = new Promise<void>((resolve) => waiting.set(runId, resolve));
      const run: SpooledRun | undefined = spool.find(runId);
      const known = unkept.get(runId) ?? (run?.ended === true ? await spool.readResult(run) : undefined);
      if (known !== undefined) return known;
      await arrived;
    }
  }

  return {
    spool,
    runs,
    executor,
    result,
    async run(partial) {
      const command = makeCommand(partial);
      await runs.accept(command);
      return result(command.run?.runId ?? '');
    },
    abandon: () => stopping.abort(),
  };
}

/** The text of a stream as kept. */
export function text(output: RunResult['stdout']): string {
  return output === undefined ? '' : Buffer.concat([output.head, output.tail]).toString('utf8');
}
