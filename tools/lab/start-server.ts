import { spawn } from 'node:child_process';
import { closeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { lastLines, openLog } from '#processes/supervisor/log-file.ts';
import { identify, type ProcessIdentity } from '#processes/supervisor/process-identity.ts';
import type { Launch } from './part.ts';

const pollMs = 100;

/** A process that this command started. */
export interface StartedServer {
  readonly name: string;
  readonly identity: ProcessIdentity;
  /** How it ended, such as `was ended by SIGKILL`. */
  readonly ended: Promise<string>;
  /** Lets this command end before it. */
  leave(): void;
}

/** Starts a process in a session of its own, so that Ctrl-C in the terminal reaches us only. Its output goes to `log`. */
export async function spawnServer(
  name: string,
  launch: Launch,
  context: { readonly cwd: string; readonly log: string; readonly env: Readonly<Record<string, string | undefined>> },
): Promise<StartedServer> {
  const log = openLog(context.log);
  const child = spawn(launch.file, launch.args, {
    cwd: context.cwd,
    env: { ...context.env, ...launch.env },
    detached: true,
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) =>
      resolve(signal ? `was ended by ${signal}` : `ended with exit code ${code ?? 'unknown'}`),
    );
  });
  const identity = child.pid === undefined ? undefined : identify(child.pid);
  if (!identity) throw new Error(`${name} ${await ended}.${evidence(context.log)}`);
  return { name, identity, ended, leave: () => child.unref() };
}

/** Waits until a server says that it is ready. Throws, with the end of its log, when it ends before or takes too long. */
export async function waitUntilReady(
  server: Pick<StartedServer, 'name' | 'ended'>,
  context: { ready(): Promise<boolean>; readonly withinMs: number; readonly log: string; readonly signal: AbortSignal },
): Promise<void> {
  let how: string | undefined;
  void server.ended.then((text) => (how = text));
  for (const deadline = Date.now() + context.withinMs; !(await context.ready().catch(() => false));) {
    context.signal.throwIfAborted();
    if (how !== undefined) throw new Error(`${server.name} ${how} before it was ready.${evidence(context.log)}`);
    if (Date.now() > deadline)
      throw new Error(`${server.name} was not ready within ${context.withinMs / 1000} s.${evidence(context.log)}`);
    await sleep(pollMs);
  }
  if (how !== undefined) throw new Error(`${server.name} ${how} while it started.${evidence(context.log)}`);
}

function evidence(log: string): string {
  return `\nIts last lines in ${log}:\n${lastLines(log).replace(/^/gm, '    ')}`;
}
