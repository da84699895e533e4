import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** A real agent in a process of its own, from source. */
export interface AgentProcess {
  readonly pid: number;
  /** Everything it logged. */
  log(): string;
  kill(signal: NodeJS.Signals): Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  /** Its end, by itself. */
  ended(): Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  rssBytes(): Promise<number>;
}

export function startAgentProcess(
  flags: readonly string[],
  program = fileURLToPath(new URL('../main.ts', import.meta.url)),
): AgentProcess {
  const child: ChildProcess = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', program, ...flags], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: {},
  });
  let log = '';
  child.stderr?.on('data', (chunk: Buffer) => (log += chunk.toString('utf8')));
  const exit = once(child, 'exit').then(([code, signal]) => ({
    code: code as number | null,
    signal: signal as NodeJS.Signals | null,
  }));
  return {
    pid: child.pid ?? 0,
    log: () => log,
    ended: () => exit,
    kill(signal) {
      child.kill(signal);
      return exit;
    },
    async rssBytes() {
      const { readFile } = await import('node:fs/promises');
      const kib = /VmRSS:\s+(\d+)/.exec(await readFile(`/proc/${child.pid}/status`, 'utf8'))?.[1];
      return Number(kib) * 1024;
    },
  };
}
