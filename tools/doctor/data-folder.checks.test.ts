import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { tryFileLock } from '#platform/file-lock.ts';
import { dataFolder, makeDataFolder, type DataFolder } from '#processes/supervisor/data-folder.ts';
import { defaultPorts, reservePorts } from '#processes/supervisor/ports.ts';
import { identify } from '#processes/supervisor/process-identity.ts';
import { writeJsonFile } from '#processes/supervisor/process-table.ts';
import { checkPorts, checkProcesses, checkRights } from './data-folder.checks.ts';

let folder: DataFolder;

beforeEach(() => {
  folder = dataFolder(mkdtempSync(join(tmpdir(), 'signalbox-doctor-')));
  makeDataFolder(folder, undefined);
});
afterEach(() => rmSync(folder.root, { recursive: true, force: true }));

describe('doctor on a data folder', () => {
  it('finds a secret that others may read, and says what to type', () => {
    writeFileSync(folder.signIn, '{}', { mode: 0o600 });
    writeFileSync(join(folder.keys, 'ca.pem'), 'public', { mode: 0o644 });
    expect(checkRights(folder).level).toBe('ok');
    chmodSync(folder.signIn, 0o644);
    const finding = checkRights(folder);
    expect(finding).toMatchObject({ level: 'fail', found: 'others may read run/signin.json' });
    expect(finding.advice).toContain(`chmod -R go= ${folder.keys}`);
  });

  it('tells never started, stopped, running and left behind apart', async () => {
    expect((await checkProcesses(folder)).findings[0]?.found).toContain('has not been started yet');

    const me = identify(process.pid);
    writeJsonFile(folder.processes, [{ role: 'api', ...me }]);
    const lock = await tryFileLock(folder.lock);
    expect(await checkProcesses(folder)).toMatchObject({
      running: true,
      findings: [{ check: 'process api', level: 'ok' }],
    });
    lock?.release();

    const left = await checkProcesses(folder);
    expect(left).toMatchObject({ running: false, findings: [{ level: 'fail' }] });
    expect(left.findings[0]?.found).toContain(`api (${process.pid})`);

    writeJsonFile(folder.processes, []);
    expect((await checkProcesses(folder)).findings[0]).toMatchObject({ level: 'warn', found: 'nothing runs' });
  });

  it('names who has a port of ours while nothing runs', async () => {
    const anywhere = Object.fromEntries(Object.keys(defaultPorts).map((name) => [name, 0]));
    const reserved = await reservePorts(folder.ports, anywhere);
    await reserved.releaseAll();
    const { ports } = reserved;
    expect((await checkPorts(folder, false)).map(({ level }) => level)).toEqual(['ok']);
    const stranger = createServer().listen(ports.web, '127.0.0.1');
    const [finding] = await checkPorts(folder, false);
    expect(finding).toMatchObject({ level: 'fail', check: 'port web' });
    expect(finding?.found).toContain(`${ports.web} is taken by pid ${process.pid}`);
    await new Promise((done) => stranger.close(done));
    expect((await checkPorts(folder, true)).every(({ level }) => level === 'fail')).toBe(true);
  });
});
