import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Output } from '#proto/gen/agent.ts';

/** How a limit is shared: three quarters for the beginning of a stream, one for its end. */
export function splitOutputLimit(limitBytes: number): { headBytes: number; tailBytes: number } {
  const limit = limitBytes > 0 ? limitBytes : 65_536;
  const tailBytes = Math.floor(limit / 4);
  return { headBytes: limit - tailBytes, tailBytes };
}

/**
 * What a stream printed, from the pieces that the run supervisor kept (`stdout.OFFSET`): head, tail and the total.
 * Where nothing was dropped, head and tail together are the whole.
 */
export async function readOutput(folder: string, stream: 'stdout' | 'stderr', limitBytes: number): Promise<Output> {
  const { headBytes, tailBytes } = splitOutputLimit(limitBytes);
  const pieces = await listPieces(folder, stream);
  const last = pieces.at(-1);
  const totalBytes = last === undefined ? 0 : last.offset + last.size;
  const head = await readRange(folder, stream, pieces, 0, Math.min(headBytes, totalBytes));
  const tailFrom = Math.max(headBytes, totalBytes - tailBytes);
  const tail = await readRange(folder, stream, pieces, tailFrom, totalBytes);
  return { head, tail, totalBytes };
}

interface Piece {
  readonly offset: number;
  readonly size: number;
}

async function listPieces(folder: string, stream: string): Promise<Piece[]> {
  const pattern = new RegExp(`^${stream}\\.(\\d+)$`);
  const pieces: Piece[] = [];
  for (const name of await readdir(folder)) {
    const match = pattern.exec(name);
    if (match === null) continue;
    const handle = await open(join(folder, name), 'r');
    try {
      pieces.push({ offset: Number(match[1]), size: (await handle.stat()).size });
    } finally {
      await handle.close();
    }
  }
  return pieces.sort((a, b) => a.offset - b.offset);
}

/** Bytes [from, to) as far as they were kept. */
async function readRange(
  folder: string,
  stream: string,
  pieces: readonly Piece[],
  from: number,
  to: number,
): Promise<Buffer> {
  const parts: Buffer[] = [];
  for (const { offset, size } of pieces) {
    const start = Math.max(from, offset);
    const length = Math.min(to, offset + size) - start;
    if (length <= 0) continue;
    const buffer = Buffer.alloc(length);
    const handle = await open(join(folder, `${stream}.${offset}`), 'r');
    try {
      const { bytesRead } = await handle.read(buffer, 0, length, start - offset);
      parts.push(buffer.subarray(0, bytesRead));
    } finally {
      await handle.close();
    }
  }
  return Buffer.concat(parts);
}
