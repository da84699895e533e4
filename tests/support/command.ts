import { spawn } from 'node:child_process';

/** How a command ended and what it wrote. */
export interface CliResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly bytes: Buffer;
  /** Standard output as JSON. */
  json<T = Record<string, unknown>>(): T;
}

/** Runs a command to its end. One that takes longer than `timeoutMs` is killed, and that is an error. */
export function runCommand(
  file: string,
  args: readonly string[],
  options: { cwd: string; env: Record<string, string>; input?: string; timeoutMs?: number },
): Promise<CliResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { cwd: options.cwd, env: options.env, stdio: 'pipe' });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    const timer = setTimeout(() => child.kill('SIGKILL'), options.timeoutMs ?? 120_000);
    child.stdout.on('data', (piece: Buffer) => out.push(piece));
    child.stderr.on('data', (piece: Buffer) => err.push(piece));
    child.on('error', reject);
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      const bytes = Buffer.concat(out);
      const stdout = bytes.toString('utf8');
      const stderr = Buffer.concat(err).toString('utf8');
      if (code === null) {
        reject(new Error(`${args.join(' ')} was ended by ${signal}: ${stdout.slice(-500)} ${stderr.slice(-2000)}`));
        return;
      }
      resolve({
        code,
        stdout,
        stderr,
        bytes,
        json<T>() {
          try {
            return JSON.parse(stdout) as T;
          } catch {
            throw new Error(
              `no JSON from ${args.join(' ')} (exit ${code}): ${stdout.slice(0, 500)} ${stderr.slice(0, 2000)}`,
            );
          }
        },
      });
    });
    child.stdin.on('error', () => undefined);
    child.stdin.end(options.input ?? '');
  });
}
