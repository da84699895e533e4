import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { DemoFault, type Narrator } from './narrator.ts';

/** How a command ended and what it wrote. */
export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The `signalbox` command as one person uses it, in a process of its own. */
export interface CommandLine {
  /** Runs a command and shows it with its answer. `expect` is the exit code that belongs to the story. */
  show(args: readonly string[], options?: { expect?: number; hide?: readonly string[] }): Promise<Ended>;
  /** The JSON answer of a command that is not shown. */
  read<T>(...args: readonly string[]): Promise<T>;
}

const longestMs = 60_000;

/** Runs a program of this checkout to its end; one that takes too long is killed and told of. */
export function runToEnd(
  args: readonly string[],
  options: { cwd: string; env: NodeJS.ProcessEnv; timeoutMs?: number },
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    const late = setTimeout(() => child.kill('SIGKILL'), options.timeoutMs ?? longestMs);
    child.once('error', reject);
    child.once('close', (code, signal) => {
      clearTimeout(late);
      if (code === null) reject(new DemoFault(`${args.join(' ')} was ended by ${signal}: ${stdout}${stderr}`));
      else resolve({ code, stdout, stderr });
    });
  });
}

/** `signIn` is what makes it that person's: variables of the environment, on top of everybody's. */
export function createCommandLine(
  checkout: string,
  who: string,
  signIn: Readonly<Record<string, string>>,
  narrator: Narrator,
): CommandLine {
  const plain = Object.entries(process.env).filter(([name]) => !/^SIGNALBOX_(URL|TOKEN)$/.test(name));
  const env = { ...Object.fromEntries(plain), ...signIn };
  const run = (args: readonly string[]) =>
    runToEnd([join(checkout, 'cli', 'signalbox.mjs'), ...args], { cwd: checkout, env });

  return {
    async show(args, { expect = 0, hide = [] } = {}) {
      narrator.command(who, `npx signalbox ${args.map(quoted).join(' ')}`);
      const ended = await run(args);
      narrator.answer(hide.reduce((text, secret) => text.replaceAll(secret, '…'), ended.stdout + ended.stderr));
      if (ended.code !== expect) {
        throw new DemoFault(`that ended with exit code ${ended.code}, and ${expect} belongs there`);
      }
      return ended;
    },
    async read<T>(...args: readonly string[]) {
      const words = [...args, '-o', 'json'];
      const { code, stdout, stderr } = await run(words);
      if (code !== 0) throw new DemoFault(`npx signalbox ${words.join(' ')}: exit code ${code}\n${stdout}${stderr}`);
      return JSON.parse(stdout) as T;
    },
  };
}

/** A word as a shell takes it. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
