import type { RunCommand, RunRef, RunResult } from '#proto/gen/agent.ts';
import type { Executor } from './executor.ts';
import { isDiskFull } from './durable-file.ts';
import { type Log } from './log.ts';
import { failedResult, outcomeName, revokedResult } from './run-result.ts';
import type { Spool, SpooledRun } from './spool.ts';

/**
 * Decides which runs execute: many side by side up to a limit, the rest wait in the spool in the order of their
 * numbers. Every result is on disk before {@link RunManagerOptions.onResult} hears of it.
 */
export interface RunManager {
  /** Takes over what the former agent left: started runs at once, others when {@link release} allows it. */
  start(): Promise<void>;
  /** Resolves when the command is on disk. `refused`: it cannot be kept and will not run; the result says why. */
  accept(command: RunCommand): Promise<'kept' | 'refused'>;
  /** Ends a run, or, where it is not known here, sees to it that it never starts. Resolves when that is on disk. */
  kill(run: RunRef, seq: number): Promise<void>;
  /** Sees to it that a run does not start from now on; one that has started goes on. Resolves when that is on disk. */
  revoke(run: RunRef, seq: number): Promise<void>;
  /**
   * Lets runs begin. After a restart nothing begins before the server has told what it withdrew meanwhile.
   */
  release(): void;
  setLimit(maxParallelRuns: number): void;
  /** The server has these results. */
  confirmed(runIds: readonly string[]): Promise<void>;
}

export interface RunManagerOptions {
  readonly spool: Spool;
  readonly executor: Executor;
  readonly log: Log;
  readonly stopping: AbortSignal;
  /** A result that the spool holds by now (`refused` runs: that no disk could hold, so it is handed over). */
  readonly onResult: (runId: string, unkept?: RunResult) => void;
}

export function createRunManager({ spool, executor, log, stopping, onResult }: RunManagerOptions): RunManager {
  const executing = new Set<string>();
  let limit = 16;
  let released = false;

  function fill(): void {
    if (!released || stopping.aborted) return;
    for (const run of spool.openRuns()) {
      if (executing.size >= limit) return;
      if (!run.ended && !executing.has(run.run.runId)) void carryOut(run);
    }
  }

  async function carryOut(run: SpooledRun): Promise<void> {
    executing.add(run.run.runId);
    try {
      const result = await executor.execute(run, await spool.readCommand(run));
      if (result === undefined) return;
      await end(run, result);
    } catch (error) {
      // Without a disk to keep the result on there is nothing to report yet: it is told from the run's files later.
      log.error('the result of a run could not be kept, trying again', { run: run.run.runId, error });
      setTimeout(fill, 5_000).unref();
    } finally {
      executing.delete(run.run.runId);
    }
    fill();
  }

  async function end(run: SpooledRun, result: RunResult): Promise<void> {
    await spool.storeResult(run, result);
    await executor.cleanUp(run);
    log.info('run ended', {
      run: run.run.runId,
      task: run.run.taskId,
      outcome: outcomeName(result.outcome),
      code: result.code,
    });
    onResult(run.run.runId);
  }

  /** Ends a known run that has not begun; false where it has. */
  async function withdraw(run: SpooledRun): Promise<boolean> {
    const { runId } = run.run;
    if (executing.has(runId)) return false;
    // Before the first await: nobody else may start it from here on.
    executing.add(runId);
    try {
      if (await executor.hasStarted(run)) return false;
      await end(run, revokedResult(run.run));
      return true;
    } finally {
      executing.delete(runId);
      fill();
    }
  }

  return {
    async start() {
      for (const run of spool.openRuns()) {
        if (run.ended) continue;
        if (await executor.hasStarted(run)) {
          void carryOut(run);
          if (run.killRequested) void executor.kill(run);
        } else if (run.killRequested) {
          await withdraw(run);
        }
      }
    },
    async accept(command) {
      const runId = command.run?.runId ?? '';
      try {
        const run = await spool.accept(command);
        if (run === undefined) {
          const known = spool.find(runId);
          if (known?.ended === true) onResult(runId);
          return 'kept';
        }
      } catch (error) {
        if (!isDiskFull(error)) throw error;
        log.error('a run is refused: the disk is full', { run: runId });
        onResult(runId, failedResult(command.run ?? { runId, taskId: '', attempt: 0 }, 'diskFull', ''));
        return 'refused';
      }
      log.info('run accepted', { run: runId, task: command.run?.taskId, seq: command.seq });
      fill();
      return 'kept';
    },
    async kill(ref, seq) {
      const run = spool.find(ref.runId);
      spool.noteSeq(seq);
      if (run === undefined) {
        if (!spool.isClosed(ref.runId)) {
          await spool.bury(ref, seq, true);
          onResult(ref.runId);
        }
        return;
      }
      if (run.ended) return onResult(ref.runId);
      log.info('kill requested', { run: ref.runId, task: ref.taskId });
      try {
        await spool.requestKill(run, seq);
      } finally {
        // A full disk is no reason to let it run on; only the ack has to wait.
        if (!(await withdraw(run))) void executor.kill(run);
      }
    },
    async revoke(ref, seq) {
      const run = spool.find(ref.runId);
      spool.noteSeq(seq);
      if (run === undefined) {
        if (!spool.isClosed(ref.runId)) await spool.bury(ref, seq, false);
        return;
      }
      if (run.ended || !(await withdraw(run))) return;
      log.info('run withdrawn', { run: ref.runId, task: ref.taskId });
    },
    release() {
      released = true;
      fill();
    },
    setLimit(maxParallelRuns) {
      if (maxParallelRuns > 0) limit = maxParallelRuns;
      fill();
    },
    async confirmed(runIds) {
      await spool.close(runIds);
    },
  };
}
