import { createHash, randomUUID } from 'node:crypto';
import { open, readFile, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Makes the names in a folder survive a power cut. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Writes a file whole or not at all, and returns when it would survive a power cut. */
export async function writeDurably(path: string, content: string | Uint8Array, mode = 0o600): Promise<void> {
  const temporary = `${path}.${randomUUID()}.new`;
  try {
    const handle = await open(temporary, 'wx', mode);
    try {
      await handle.writeFile(content);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await syncFolder(dirname(path));
}

/** A file's content, or undefined where there is no such file. */
export async function readIfPresent(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if (hasErrno(error, 'ENOENT')) return undefined;
    throw error;
  }
}

const digestBytes = 32;
const digest = (content: Uint8Array) => createHash('sha256').update(content).digest();

/** A record: its SHA-256, then the content; so a damaged one is noticed instead of half understood. */
export async function writeRecord(path: string, content: Uint8Array): Promise<void> {
  await writeDurably(path, Buffer.concat([digest(content), content]));
}

/** A record's content; `damaged` where the digest does not match, undefined where there is none. */
export async function readRecord(path: string): Promise<Buffer | 'damaged' | undefined> {
  const bytes = await readIfPresent(path);
  if (bytes === undefined) return undefined;
  const content = bytes.subarray(digestBytes);
  return digest(content).equals(bytes.subarray(0, digestBytes)) ? content : 'damaged';
}

export function hasErrno(error: unknown, ...codes: string[]): boolean {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code));
}

/** The disk, or this user's share of it, is full. */
export function isDiskFull(error: unknown): boolean {
  return hasErrno(error, 'ENOSPC', 'EDQUOT');
}
