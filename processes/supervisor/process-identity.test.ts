import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { identify, isAlive, listProcesses, signalProcess } from './process-identity.ts';
import { readProcessTable, writeJsonFile } from './process-table.ts';

describe('process identity', () => {
  it('knows exactly one process', async () => {
    const child = spawn('sleep', ['60']);
    const identity = identify(child.pid ?? 0);
    expect(identity && isAlive(identity)).toBe(true);
    if (!identity) return;
    expect(isAlive({ ...identity, startTime: `${identity.startTime}0` })).toBe(false);
    expect(isAlive({ ...identity, bootId: 'another boot' })).toBe(false);
    expect(signalProcess({ ...identity, startTime: '1' }, 'SIGKILL')).toBe(false);
    expect(isAlive(identity)).toBe(true);
    expect(signalProcess(identity, 'SIGKILL')).toBe(true);
    await once(child, 'exit');
    expect(isAlive(identity)).toBe(false);
    expect(identify(identity.pid)).toBeUndefined();
  });

  it.runIf(process.platform === 'linux')('takes a zombie for dead', async () => {
    // The shell becomes `sleep 60`, which never asks how its child ended.
    const parent = spawn('sh', ['-c', 'sleep 0.1 & echo $!; exec sleep 60']);
    const [line] = (await once(parent.stdout, 'data')) as [Buffer];
    const pid = Number(line.toString());
    const state = () => readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.[0];
    await expect.poll(state, { timeout: 5_000 }).toBe('Z');
    expect(identify(pid)).toBeUndefined();
    parent.kill('SIGKILL');
  });

  it.runIf(process.platform === 'linux')('lists processes with arguments and working folder', () => {
    const me = listProcesses().find(({ pid }) => pid === process.pid);
    expect(me?.cwd).toBe(process.cwd());
    expect(me?.args.length).toBeGreaterThan(0);
  });
});

describe('process table', () => {
  it('reads what was written, and nothing from a broken file', () => {
    const folder = mkdtempSync(join(tmpdir(), 'signalbox-table-'));
    const path = join(folder, 'run', 'processes.json');
    expect(readProcessTable(path)).toEqual([]);
    const rows = [{ role: 'api', pid: 12, startTime: '99', bootId: 'b' }];
    writeJsonFile(path, rows);
    expect(readProcessTable(path)).toEqual(rows);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    writeFileSync(path, '[{"role":');
    expect(readProcessTable(path)).toEqual([]);
    rmSync(folder, { recursive: true });
  });
});
