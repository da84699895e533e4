import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { buffer as readAll } from 'node:stream/consumers';
import { decodeText } from '#platform/decode-text.ts';
import { usageFault } from './fault.ts';
import type { CliIo } from './io.ts';

/**
 * The text of a file to the letter, or of standard input for `-`; a byte order mark at its start is no part of it. What
 * cannot be read, or is no text in UTF-8, is a fault of `option`.
 */
export async function readText(option: string, file: string, io: Pick<CliIo, 'cwd' | 'stdin'>): Promise<string> {
  if (file === '-') {
    if (io.stdin.isTTY === true) throw usageFault(option, '- reads standard input, and that is a terminal');
    return readStandardInput(option, io);
  }
  let bytes: Uint8Array;
  try {
    bytes = await readFile(resolve(io.cwd, file));
  } catch (error) {
    throw usageFault(
      option,
      `cannot read ${file}: ${reading[(error as NodeJS.ErrnoException).code ?? ''] ?? (error as Error).message}`,
    );
  }
  return textOf(bytes, option, file);
}

/** The text of standard input, read as {@link readText} reads it, also from a terminal. */
export async function readStandardInput(option: string, io: Pick<CliIo, 'stdin'>): Promise<string> {
  return textOf(await readAll(io.stdin), option, 'standard input');
}

function textOf(bytes: Uint8Array, option: string, from: string): string {
  const text = decodeText(bytes);
  if (text === undefined) throw usageFault(option, `${from} is no text in UTF-8`);
  return text;
}

const reading: Record<string, string> = {
  ENOENT: 'there is no such file',
  EACCES: 'permission denied',
  EISDIR: 'it is a folder',
};
