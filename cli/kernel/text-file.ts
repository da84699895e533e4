import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { text as readAll } from 'node:stream/consumers';
import { usageFault } from './fault.ts';
import type { CliIo } from './io.ts';

/** The text of a file as it is, or of standard input for `-`. What cannot be read is a fault of `option`. */
export async function readText(option: string, file: string, io: Pick<CliIo, 'cwd' | 'stdin'>): Promise<string> {
  if (file === '-') {
    if (io.stdin.isTTY === true) throw usageFault(option, '- reads standard input, and that is a terminal');
    return await readAll(io.stdin);
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
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw usageFault(option, `${file} is no text in UTF-8`);
  }
}

const reading: Record<string, string> = {
  ENOENT: 'there is no such file',
  EACCES: 'permission denied',
  EISDIR: 'it is a folder',
};
