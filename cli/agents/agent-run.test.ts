import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const real = join(import.meta.dirname, '..', '..');
let checkout: string;
beforeAll(() => {
  checkout = mkdtempSync(join(tmpdir(), 'signalbox-checkout-'));
  for (const part of ['cli', 'domain', 'words', 'platform', 'package.json'])
    cpSync(join(real, part), join(checkout, part), { recursive: true });
  symlinkSync(join(real, 'node_modules'), join(checkout, 'node_modules'));
});
afterAll(() => rmSync(checkout, { recursive: true, force: true }));

/** Stands where setup puts the packed agent, and tells who and what it is. */
const told = `
process.on('SIGTERM', () => process.exit(7));
console.log(JSON.stringify({ pid: process.pid, args: process.argv.slice(2), home: process.env.HOME }));
setInterval(() => {}, 1000);
`;

const argv = ['agent', 'run', '--server', 'h:1,i:2', '--join-file', 'join', '--data', 'd', '--name', 'web-1'];

describe('agent run', () => {
  it('says what to do where there is no agent', () => {
    const ran = spawnSync(process.execPath, [join(checkout, 'cli', 'signalbox.mjs'), ...argv], { encoding: 'utf8' });
    expect(ran.status).toBe(1);
    expect(ran.stderr).toContain('npm start');
  });

  it('becomes the agent: the same process, environment and folders, its signals and its exit code', async () => {
    mkdirSync(join(checkout, 'dist'));
    writeFileSync(join(checkout, 'dist', 'agent.mjs'), told);
    const child = spawn(process.execPath, [join(checkout, 'cli', 'signalbox.mjs'), ...argv], {
      cwd: tmpdir(),
      env: { HOME: '/somewhere' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stderr = '';
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    const [line] = (await once(child.stdout, 'data')) as [Buffer];
    expect(JSON.parse(line.toString())).toEqual({
      pid: child.pid,
      args: [
        '--server',
        'h:1,i:2',
        '--join-file',
        join(tmpdir(), 'join'),
        '--data',
        join(tmpdir(), 'd'),
        '--name',
        'web-1',
      ],
      home: '/somewhere',
    });
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([7, null]);
    expect(stderr).toBe('');
  });
});
