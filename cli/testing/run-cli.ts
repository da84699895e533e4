import { Readable } from 'node:stream';
import { runCli } from '../program.ts';

/** What a command line came to. */
export interface CliResult {
  readonly code: number;
  readonly stdout: string;
  /** Standard output, byte for byte. */
  readonly bytes: Buffer;
  readonly stderr: string;
}

/** Runs a command line in this process, with an environment, terminal and input of its own. */
export async function runCliHere(
  argv: readonly string[],
  options: {
    env?: Readonly<Record<string, string>>;
    cwd?: string;
    stdin?: string | Uint8Array;
    tty?: boolean;
    interrupted?: AbortSignal;
  } = {},
): Promise<CliResult> {
  const stdout = sink(options.tty);
  const stderr = sink(options.tty);
  const code = await runCli(argv, {
    env: { HOME: '/nonexistent', ...options.env },
    cwd: options.cwd ?? '/',
    stdin: Object.assign(Readable.from([options.stdin ?? '']), { isTTY: options.tty }),
    stdout,
    stderr,
    interrupted: options.interrupted ?? new AbortController().signal,
  });
  return {
    code,
    stdout: stdout.bytes().toString('utf8'),
    bytes: stdout.bytes(),
    stderr: stderr.bytes().toString('utf8'),
  };
}

function sink(isTTY = false) {
  const chunks: Buffer[] = [];
  return {
    isTTY,
    columns: 120,
    write(chunk: string | Uint8Array) {
      chunks.push(Buffer.from(chunk));
      return true;
    },
    once: () => undefined,
    bytes: () => Buffer.concat(chunks),
  };
}
