import { createInterface } from 'node:readline';
import type { CliIo } from './io.ts';

/** Whether there is somebody at a terminal who can be shown something and asked. */
export function canAsk({ stdin, stderr }: Pick<CliIo, 'stdin' | 'stderr'>): boolean {
  return stdin.isTTY === true && stderr.isTTY === true;
}

/** Asks on the terminal. Only `y` or `yes` is a yes; the end of the input is a no. */
export async function confirm(
  { stdin, stderr, interrupted }: Pick<CliIo, 'stdin' | 'stderr' | 'interrupted'>,
  question: string,
): Promise<boolean> {
  stderr.write(`${question} [y/N] `);
  const lines = createInterface({ input: stdin, signal: interrupted });
  try {
    for await (const line of lines) return /^y(es)?$/i.test(line.trim());
    interrupted.throwIfAborted();
    return false;
  } finally {
    lines.close();
  }
}
