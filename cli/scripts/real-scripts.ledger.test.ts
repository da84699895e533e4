import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApi, type TestApi } from '#api/testing/test-api.ts';
import { createLocalCli } from '../testing/local-cli.ts';

let api: TestApi;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'signalbox-cli-scripts-'));
  api = await startTestApi();
  await api.call('POST', '/api/v1/nodes', { body: { path: 'web' } });
  await api.machine('web-1', { nodes: ['web'] });
});
afterAll(async () => {
  await api.remove();
  rmSync(folder, { recursive: true, force: true });
});

const { run: cli, json } = createLocalCli(() => api);
function file(name: string, content: string): string {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
}

describe('the script library', () => {
  it('keeps texts to the letter, version by version', async () => {
    const one = '#!/bin/sh\r\necho "ä"\n\necho one\n';
    const two = '#!/bin/sh\r\necho "ä"\n\necho two';
    const made = await json('script', 'create', 'greet', '--file', file('greet.sh', one), '--description', 'hello');
    expect(made).toMatchObject({ name: 'greet', language: 'shell', version: 1, description: 'hello' });
    const updated = await cli(['script', 'update', 'greet', '--file', '-', '--note', 'louder', '-o', 'json'], {
      stdin: two,
    });
    expect(JSON.parse(updated.stdout)).toMatchObject({ version: 2, note: 'louder', content: two });

    expect((await cli(['script', 'get', 'greet', '--content'])).bytes).toEqual(Buffer.from(two));
    expect((await cli(['script', 'get', 'greet', '--content', '--version', '1'])).bytes).toEqual(Buffer.from(one));
    expect(await json('script', 'get', 'greet', '--version', '1')).toMatchObject({ version: 1, content: one });
    expect((await cli(['script', 'get', 'greet'])).stdout).toMatch(/^version +2, \d+ bytes$/m);
    expect(await json('script', 'versions', 'greet')).toMatchObject([{ version: 2, note: 'louder' }, { version: 1 }]);
    expect((await cli(['script', 'list'])).stdout).toMatch(/^NAME +LANGUAGE +VERSION.*\ngreet +shell +2 /);
  });

  it('shows what changed, as a patch', async () => {
    await json('script', 'create', 'patched', '--file', file('p.yml', 'a: 1\nb: 2\n'));
    await json('script', 'update', 'patched', '--file', file('p.yml', 'a: 1\nb: 3\n'));
    const patch = '--- patched@1\n+++ patched@2\n@@ -1,2 +1,2 @@\n a: 1\n-b: 2\n+b: 3\n';
    expect((await cli(['script', 'diff', 'patched'])).stdout).toBe(patch);
    expect(await json('script', 'diff', 'patched', '--from', '1', '--to', '2')).toEqual({
      script: 'patched',
      from: 1,
      to: 2,
      unified: patch,
    });
    expect((await cli(['script', 'diff', 'patched', '--from', '2', '--to', '1'])).stdout).toContain('-b: 3\n+b: 2\n');
    expect((await cli(['script', 'diff', 'patched', '--to', '1'])).stdout).toContain('+a: 1\n+b: 2\n');
    expect((await cli(['script', 'diff', 'patched', '--from', '2'])).stdout).toBe('No difference.\n');
    expect(await cli(['script', 'diff', 'patched', '--to', '9'])).toMatchObject({ code: 1, stdout: '' });
    expect(await json('script', 'list', '--language', 'yaml')).toMatchObject([{ name: 'patched' }]);
  });

  it('refuses what somebody else was faster with, and half of two changes', async () => {
    await json('script', 'create', 'shared', '--file', file('s.py', 'print(1)\n'));
    await json('script', 'update', 'shared', '--file', file('s.py', 'print(2)\n'), '--base-version', '1');
    const late = await cli(['script', 'update', 'shared', '--file', file('s.py', 'print(3)\n'), '--base-version', '1']);
    expect(late).toMatchObject({ code: 1, stdout: '' });
    expect(late.stderr).toMatch(/newer-version[^]*--base-version: Somebody has saved a newer version \(2\)/);
    const empty = await cli(['script', 'create', 'empty', '--file', file('e.sh', '')]);
    expect(empty.stderr).toMatch(/^ {2}--file: /m);
    for (const [argv, named] of [
      [['update', 'shared'], '--file'],
      [['update', 'shared', '--note', 'x'], '--file'],
      [['update', 'shared', '--file', join(folder, 's.py'), '--name', 'x'], '--file'],
      [['create', 'x', '--file', join(folder, 'absent')], '--file'],
      [['create', 'x'], '--file'],
    ] as const) {
      const ran = await cli(['script', ...argv]);
      expect([ran.code, ran.stdout], argv.join(' ')).toEqual([2, '']);
      expect(ran.stderr).toContain(named);
    }
    expect(await json('script', 'update', 'shared', '--name', 'ours')).toMatchObject({ name: 'ours', version: 2 });
    expect(await json('script', 'delete', 'ours')).toEqual({ script: 'ours', deleted: true });
    expect((await cli(['script', 'get', 'ours'])).code).toBe(1);
  });
});

describe('task run --library', () => {
  const ran = async (...more: string[]) => {
    const { id } = await json<{ id: string }>('task', 'run', '--node', 'web', ...more);
    const { title, payload } = await json<{ title: string; payload: object }>('task', 'get', id);
    return { title, ...payload };
  };

  it('copies a version into the task, which is called after it', async () => {
    await json('script', 'create', 'restart', '--file', file('r.sh', 'echo one "$@"\n'));
    await json('script', 'update', 'restart', '--file', file('r.sh', 'echo two "$@"\n'));
    expect(await ran('--library', 'restart', '--arg', 'nginx')).toMatchObject({
      title: 'restart@2',
      script: 'echo two "$@"\n',
      args: ['nginx'],
    });
    const first = await ran('--library', 'restart@1', '--title', 'mine');
    expect(first).toMatchObject({ title: 'mine', script: 'echo one "$@"\n' });
    expect(first).not.toHaveProperty('interpreter');
    const absent = await cli(['task', 'run', '--node', 'web', '--library', 'restart@3']);
    expect(absent).toMatchObject({ code: 1, stdout: '' });
    expect(absent.stderr).toContain('no-such-version');
  });

  it('runs each language by what it is, unless told otherwise', async () => {
    await json('script', 'create', 'count', '--file', file('c.py', 'print(1)\n'));
    await json('script', 'create', 'data', '--file', file('d.json', '{}\n'));
    expect(await ran('--library', 'count')).toMatchObject({ interpreter: 'python3' });
    expect(await ran('--library', 'count', '--interpreter', '/opt/python')).toMatchObject({
      interpreter: '/opt/python',
    });
    const data = await cli(['task', 'run', '--node', 'web', '--library', 'data']);
    expect(data).toMatchObject({ code: 2, stdout: '' });
    expect(data.stderr).toContain('--library: data is json');
    expect(await ran('--library', 'data', '--interpreter', '/usr/bin/jq')).toMatchObject({ script: '{}\n' });
  });
});
