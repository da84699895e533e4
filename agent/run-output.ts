import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Output } from '#proto/gen/agent.ts';
import { type Masker, rendered, type Stretch } from './masking/masker.ts';

const blockBytes = 4096;

/** How a limit is shared: three quarters for the beginning of a stream, one for its end. */
function splitOutputLimit(limitBytes: number): { headBytes: number; tailBytes: number } {
  const limit = limitBytes > 0 ? limitBytes : 65_536;
  const tailBytes = Math.floor(limit / 4);
  return { headBytes: limit - tailBytes, tailBytes };
}

/**
 * What the run supervisor has to keep so that a value which reaches over a cut is still known: so much more of beginning
 * and end as the longest needle has bytes.
 */
export function keptOutput(
  limitBytes: number,
  { longest }: Pick<Masker, 'longest'>,
): { headBytes: number; tailBytes: number } {
  const { headBytes, tailBytes } = splitOutputLimit(limitBytes);
  // In whole blocks: it is an argument of a process, and says nothing of how long a value is.
  const more = Math.ceil(longest / blockBytes) * blockBytes;
  return { headBytes: headBytes + more, tailBytes: tailBytes + more };
}

/**
 * What a stream printed, from the pieces that the run supervisor kept (`stdout.OFFSET`): head, tail and the total.
 * Where nothing was dropped, head and tail together are the whole. Values are masked before anything is cut; then
 * `totalBytes` counts what is masked as the marks in its place.
 */
export async function readOutput(
  folder: string,
  stream: 'stdout' | 'stderr',
  limitBytes: number,
  masker: Masker,
): Promise<Output> {
  const { headBytes, tailBytes } = splitOutputLimit(limitBytes);
  const pieces = await listPieces(folder, stream);
  const last = pieces.at(-1);
  const totalBytes = last === undefined ? 0 : last.offset + last.size;
  const tailFrom = Math.max(headBytes, totalBytes - tailBytes);
  if (masker.longest === 0) {
    const head = await readRange(folder, stream, pieces, 0, Math.min(headBytes, totalBytes));
    const tail = await readRange(folder, stream, pieces, tailFrom, totalBytes);
    return { head, tail, totalBytes };
  }
  const head: Stretch[] = [];
  const tail: Stretch[] = [];
  for (const range of rangesOf(pieces)) {
    const bytes = await readRange(folder, stream, pieces, range.from, range.to);
    const stretches = maskRange(masker, bytes, { cutBefore: range.from > 0, cutAfter: range.to < totalBytes });
    let offset = range.from;
    for (const stretch of stretches) {
      head.push(...partOf(stretch, offset, 0, headBytes));
      tail.push(...partOf(stretch, offset, tailFrom, totalBytes));
      offset += stretch.bytes;
    }
  }
  // A value that reaches over the cut is masked once, in the head.
  const overCut =
    head.length > 0 && tailFrom === headBytes && head.at(-1)?.clear === undefined && tail[0]?.clear === undefined;
  const masked = { head: rendered(head), tail: rendered(overCut ? tail.slice(1) : tail) };
  const dropped = Math.max(0, totalBytes - Math.min(headBytes, totalBytes) - Math.max(0, totalBytes - tailFrom));
  return { ...masked, totalBytes: masked.head.length + dropped + masked.tail.length };
}

/** Pieces that follow each other without a gap, as one. */
function rangesOf(pieces: readonly Piece[]): { from: number; to: number }[] {
  const ranges: { from: number; to: number }[] = [];
  for (const { offset, size } of pieces) {
    const last = ranges.at(-1);
    if (last !== undefined && last.to === offset) last.to += size;
    else ranges.push({ from: offset, to: offset + size });
  }
  return ranges;
}

/** A part of a stream, masked; also what may be the end of a value that began before it, or the beginning of one after. */
function maskRange(
  masker: Masker,
  bytes: Buffer,
  { cutBefore, cutAfter }: { readonly cutBefore: boolean; readonly cutAfter: boolean },
): Stretch[] {
  const stream = masker.stream();
  const stretches = [...stream.push(bytes), ...stream.end(cutAfter)];
  if (!cutBefore) return stretches;
  const unsure = Math.min(masker.longest - 1, bytes.length);
  let offset = 0;
  const sure = stretches.flatMap((stretch) => {
    const part = partOf(stretch, offset, unsure, bytes.length);
    offset += stretch.bytes;
    return part;
  });
  return unsure === 0 ? sure : [{ bytes: unsure, clear: undefined }, ...sure];
}

/** Of a stretch that begins at `offset`, what lies in [from, to). */
function partOf(stretch: Stretch, offset: number, from: number, to: number): Stretch[] {
  const start = Math.max(0, from - offset);
  const end = Math.min(stretch.bytes, to - offset);
  return start >= end ? [] : [{ bytes: end - start, clear: stretch.clear?.subarray(start, end) }];
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
