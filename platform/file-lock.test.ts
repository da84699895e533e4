import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { tryFileLock, waitForFileLock } from './file-lock.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'signalbox-lock-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function holdInAnotherProcess(path: string) {
  const code = `const { tryFileLock } = await import(${JSON.stringify(join(import.meta.dirname, 'file-lock.ts'))});
    const lock = await tryFileLock(${JSON.stringify(path)});
    console.log(lock ? 'held' : 'refused');
    setInterval(() => lock, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  return { child, said: line.toString().trim() };
}

describe('file lock', () => {
  it('is held by one process at a time and freed by release', async () => {
    const path = join(folder, 'lock.db');
    const lock = await tryFileLock(path);
    expect(lock).toBeDefined();
    expect(await tryFileLock(path)).toBeUndefined();
    lock?.release();
    lock?.release();
    const again = await tryFileLock(path);
    expect(again).toBeDefined();
    again?.release();
  });

  it('goes with a process that is killed', async () => {
    const path = join(folder, 'lock.db');
    const { child, said } = await holdInAnotherProcess(path);
    expect(said).toBe('held');
    expect(await tryFileLock(path)).toBeUndefined();
    const waits: string[] = [];
    const waiting = waitForFileLock(path, () => waits.push('waiting'));
    await expect.poll(() => waits).toEqual(['waiting']);
    child.kill('SIGKILL');
    (await waiting).release();
  });
});
