import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { identify } from '#processes/supervisor/process-identity.ts';
import { writeJsonFile } from '#processes/supervisor/process-table.ts';
import { labFolder } from '../lab/lab-folder.ts';
import { labParts } from '../lab/parts.ts';
import { checkLab } from './lab.checks.ts';

let data: string;
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'signalbox-doctor-'));
});
afterEach(() => rmSync(data, { recursive: true, force: true }));

it('tells not started, running and gone apart, and fails on a wrong setting', async () => {
  const env = { SIGNALBOX_CACHE: join(data, 'cache'), PATH: '' };
  const look = async (more = {}) => (await checkLab(labParts, data, { ...env, ...more }))[0];
  expect(await look()).toMatchObject({ check: 'lab prometheus', level: 'ok' });
  expect((await look())?.found).toMatch(/^not started; no program yet/);

  const me = identify(process.pid);
  const gone = { role: 'prometheus-2', pid: process.pid, startTime: '0', bootId: 'another' };
  writeJsonFile(labFolder(data).processes, [{ role: 'prometheus-1', ...me }]);
  expect((await look())?.level).toBe('ok');
  expect((await look())?.found).toMatch(/^1 of 2 run;/);
  writeJsonFile(labFolder(data).processes, [{ role: 'prometheus-1', ...me }, gone]);
  expect((await look())?.level).toBe('warn');
  expect((await look())?.found).toContain('gone: prometheus-2');

  expect((await look({ SIGNALBOX_PROMETHEUS_BIN: data }))?.level).toBe('fail');
});
