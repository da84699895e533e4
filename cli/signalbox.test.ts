import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Hono } from 'hono';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startSmallServer } from './testing/small-server.ts';

const bin = join(import.meta.dirname, 'signalbox.mjs');
/** The PATH of a shell outside of npm: its node may be older than the one that the checkout brings along. */
const outsidePath = (process.env['PATH'] ?? '')
  .split(':')
  .filter((folder) => !folder.includes('node_modules'))
  .join(':');
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'signalbox-bin-'));
  symlinkSync(bin, join(folder, 'signalbox'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the bin', () => {
  it('runs through a link, from another folder, on whatever Node the PATH has, and keeps stderr for messages', () => {
    const ran = spawnSync(join(folder, 'signalbox'), ['--version'], {
      cwd: folder,
      encoding: 'utf8',
      env: { PATH: outsidePath },
    });
    expect(ran).toMatchObject({ status: 0, stderr: '' });
    expect(ran.stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  it('hands the exit code on', () => {
    const ran = spawnSync(join(folder, 'signalbox'), ['whoami'], {
      cwd: folder,
      encoding: 'utf8',
      env: { PATH: outsidePath, SIGNALBOX_DATA: folder },
    });
    expect(ran.status).toBe(3);
    expect(ran.stdout).toBe('');
    expect(ran.stderr).toContain(`${folder}/run/signin.json`);
  });

  it('ends quietly when its reader goes away', () => {
    const ran = spawnSync('sh', ['-c', 'signalbox task run --help | true'], {
      encoding: 'utf8',
      env: { PATH: `${folder}:${outsidePath}` },
    });
    expect(ran).toMatchObject({ status: 0, stdout: '', stderr: '' });
  });

  it('stops watching at Ctrl-C, says that the task goes on, and ends with 130', async () => {
    const task = { id: 't1', state: 'running', counts: { total: 1, running: 1, pending: 0 } };
    let asked = 0;
    const server = await startSmallServer(
      new Hono().get('/api/v1/tasks/t1', (c) => {
        asked += 1;
        return c.json(task);
      }),
    );
    const child = spawn(process.execPath, [bin, 'task', 'wait', 't1'], {
      env: { PATH: outsidePath, SIGNALBOX_URL: server.url, SIGNALBOX_TOKEN: 't' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stderr = '';
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    while (asked === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    child.kill('SIGINT');
    expect(await once(child, 'exit')).toEqual([130, null]);
    expect(stderr).toContain('the task goes on: signalbox task wait t1');
    await server.stop();
  });
});
