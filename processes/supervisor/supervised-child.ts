import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { EndSignals } from './end-process.ts';
import { lastLines, openLog } from './log-file.ts';

const firstDelayMs = 200;
const longestDelayMs = 10_000;
const healthyAfterMs = 30_000;
const pollMs = 50;
/** A part that ends this often before it was ever ready will not come up by itself. */
const hopelessAfterExits = 4;

/** One process that the supervisor keeps alive. */
export interface ChildSpec {
  /** Names the log file. */
  readonly role: string;
  readonly title: string;
  /** Runs before every start, also before a restart. */
  prepare?(): Promise<void>;
  command(): {
    readonly file: string;
    readonly args: readonly string[];
    readonly env: Readonly<Record<string, string | undefined>>;
    readonly cwd: string;
    readonly user?: { readonly uid: number; readonly gid: number } | undefined;
  };
  ready(pid: number): Promise<boolean>;
  readonly readyTimeoutMs: number;
  /** The rest works without it: it is tried on and on, also after `start` has given up on it. */
  readonly optional?: boolean;
  readonly stop: EndSignals;
}

/** A part that did not come up; the message carries the last lines of its log. */
export class PartFailed extends Error {
  override readonly name = 'PartFailed';
}

export interface SupervisedChild {
  readonly spec: ChildSpec;
  readonly pid: number | undefined;
  /** Resolves when the part is ready for the first time. From then on it is restarted whenever it ends. */
  start(): Promise<void>;
  /** Asks the part to end, forces it after its grace, and restarts it no more. Safe to call twice. */
  stop(): Promise<void>;
  /** Ends the part at once and restarts it no more. */
  kill(): void;
}

/** The wait before the n-th restart in a row, n from 0. */
export function restartDelayMs(failures: number): number {
  return Math.min(longestDelayMs, firstDelayMs * 2 ** failures);
}

/** Keeps one process alive; `onChange` hears of every new pid and of every end. */
export function superviseChild(
  spec: ChildSpec,
  deps: { readonly logFile: string; onChange(): void; say(line: string): void },
): SupervisedChild {
  let child: ChildProcess | undefined;
  let stopping = false;
  let stopped: Promise<void> | undefined;
  let failures = 0;
  let wasReady = false;
  const wake = new AbortController();
  let abandonStart: (() => void) | undefined;

  /** Starts the process once; resolves at its end with a description of how it ended. */
  async function runOnce(onReady: () => void): Promise<string> {
    await spec.prepare?.();
    if (stopping) return 'stopped';
    const { file, args, env, cwd, user } = spec.command();
    const log = openLog(deps.logFile);
    let started: ChildProcess;
    try {
      started = spawn(file, args, {
        cwd,
        env,
        // A session of its own: Ctrl-C in the terminal reaches the supervisor only, which stops things in order.
        detached: true,
        stdio: ['ignore', log, log],
        ...(user ? { uid: user.uid, gid: user.gid } : {}),
      });
    } finally {
      closeSync(log);
    }
    const ended = new Promise<string>((resolve) => {
      started.once('error', (error) => resolve(error.message));
      started.once('exit', (code, signal) =>
        resolve(signal ? `was ended by ${signal}` : `ended with exit code ${code}`),
      );
    });
    child = started;
    deps.onChange();
    const startedAt = Date.now();
    let over = false;
    void (async () => {
      while (!over && !stopping && started.pid !== undefined) {
        if (await spec.ready(started.pid).catch(() => false)) {
          if (over) return;
          wasReady = true;
          onReady();
          const healthy = setTimeout(() => (failures = 0), healthyAfterMs);
          healthy.unref();
          void ended.then(() => clearTimeout(healthy));
          return;
        }
        await sleep(Math.min(1_000, pollMs + (Date.now() - startedAt) / 20));
      }
    })();
    const how = await ended;
    over = true;
    child = undefined;
    deps.onChange();
    return how;
  }

  async function keepAlive(onReady: () => void, onHopeless: (error: PartFailed) => void): Promise<void> {
    for (;;) {
      const how = await runOnce(onReady).catch((error: Error) => error.message);
      if (stopping) return;
      failures += 1;
      if (!wasReady && failures >= hopelessAfterExits) {
        onHopeless(new PartFailed(`${spec.title} ${how}, ${failures} times in a row.${evidence()}`));
        if (!spec.optional) return;
      }
      const delayMs = restartDelayMs(failures - 1);
      if (wasReady) deps.say(`${spec.title} ${how}; restarting it in ${delayMs / 1000} s (log: ${deps.logFile}).`);
      await sleep(delayMs, undefined, { signal: wake.signal }).catch(() => undefined);
      if (stopping) return;
    }
  }

  function evidence(): string {
    return `\nIts last lines in ${deps.logFile}:\n${lastLines(deps.logFile).replace(/^/gm, '    ')}`;
  }

  let alive: Promise<void> = Promise.resolve();

  async function stopOnce(): Promise<void> {
    stopping = true;
    wake.abort();
    abandonStart?.();
    child?.kill(spec.stop.ask);
    const forcing = setTimeout(() => child?.kill(spec.stop.force), spec.stop.graceMs);
    const killing = setTimeout(() => child?.kill('SIGKILL'), spec.stop.graceMs + 10_000);
    await alive;
    clearTimeout(forcing);
    clearTimeout(killing);
  }

  return {
    spec,
    get pid() {
      return child?.pid;
    },
    start: () =>
      new Promise<void>((resolve, reject) => {
        const late = setTimeout(
          () =>
            reject(new PartFailed(`${spec.title} was not ready within ${spec.readyTimeoutMs / 1000} s.${evidence()}`)),
          spec.readyTimeoutMs,
        );
        abandonStart = () => {
          clearTimeout(late);
          reject(new Error(`${spec.title} was stopped before it was ready`));
        };
        let announced = false;
        alive = keepAlive(
          () => {
            if (announced) deps.say(`${spec.title} is back (pid ${child?.pid}).`);
            announced = true;
            clearTimeout(late);
            resolve();
          },
          (error) => {
            clearTimeout(late);
            reject(error);
          },
        );
      }),
    stop: () => (stopped ??= stopOnce()),
    kill() {
      stopping = true;
      wake.abort();
      child?.kill(spec.stop.force);
    },
  };
}
