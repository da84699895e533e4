import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApi, type TestApi } from '#api/testing/test-api.ts';
import { secretContext } from '#domain/secrets/secret.ts';
import { openSecretBox } from '#platform/secret-box.ts';
import { createLocalCli } from '../testing/local-cli.ts';

let api: TestApi;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'signalbox-cli-secrets-'));
  api = await startTestApi();
  await api.call('POST', '/api/v1/nodes', { body: { path: 'shop' } });
});
afterAll(async () => {
  await api.remove();
  rmSync(folder, { recursive: true, force: true });
});

const { run: cli, json } = createLocalCli(() => api);

/** What is kept as a version of a secret. */
async function kept(id: string, version: number): Promise<string> {
  const { sealed } = await api.db
    .selectFrom('secret_version')
    .select('sealed')
    .where('secret_id', '=', id)
    .where('version', '=', version)
    .executeTakeFirstOrThrow();
  const box = openSecretBox({ SIGNALBOX_DATA: api.dataFolder, SIGNALBOX_SECRET_KEY_FILE: '' });
  return box.open(sealed ?? '', secretContext(id, version));
}

describe('signalbox secret', () => {
  it('takes values by pipe and file, without the line break at their end, and shows none again', async () => {
    const set = await cli(['secret', 'set', 'db-password', '--node', 'shop', '-o', 'json'], { stdin: 'first value\n' });
    const { id, ...made } = JSON.parse(set.stdout) as { id: string };
    expect(made).toMatchObject({ name: 'db-password', node: 'shop', latestVersion: 1 });
    expect(await kept(id, 1)).toBe('first value');
    const file = join(folder, 'value');
    writeFileSync(file, 'second\nvalue\n');
    expect(await json('secret', 'rotate', 'db-password', '--file', file)).toMatchObject({ latestVersion: 2 });
    expect(await kept(id, 2)).toBe('second\nvalue');
    await json('secret', 'rotate', 'db-password', '--file', file, '--keep-newline');
    expect(await kept(id, 3)).toBe('second\nvalue\n');
    for (const command of [['list'], ['versions', 'db-password'], ['list', '-o', 'json'], ['list', '-o', 'wide']]) {
      const { stdout, stderr } = await cli(['secret', ...command]);
      expect(stdout).toContain(command[0] === 'versions' ? '3' : 'db-password');
      expect(stdout + stderr).not.toMatch(/first value|second/);
    }
    expect(await json('secret', 'rm', 'db-password', '--version', '1')).toMatchObject({ deleted: true });
    expect(await json('secret', 'versions', 'db-password')).toMatchObject([
      { version: 3, deletedAt: null },
      { version: 2, deletedAt: null },
      { version: 1, deletedAt: expect.any(String) as string },
    ]);
    expect(await json('secret', 'rm', 'db-password')).toEqual({ secret: 'db-password', deleted: true });
    expect((await cli(['secret', 'list'])).stdout).not.toContain('db-password');
  });

  it('says what is wrong, and never repeats the value', async () => {
    await cli(['secret', 'set', 'taken'], { stdin: 'canary-value' });
    for (const [args, said] of [
      [['secret', 'set', 'taken'], /taken/],
      [['secret', 'set', 'Not A Name'], /name/],
      [['secret', 'set', 'nowhere', '--node', 'no.such'], /node/],
      [['secret', 'rotate', 'unknown'], /no secret 'unknown'/],
      [['secret', 'rm', 'taken', '--version', '1'], /latest version/],
    ] as const) {
      const { code, stdout, stderr } = await cli([...args], { stdin: 'canary-value' });
      expect(code, args.join(' ')).not.toBe(0);
      expect(stderr).toMatch(said);
      expect(stdout + stderr).not.toContain('canary');
    }
    expect((await cli(['secret', 'set', 'empty'], { stdin: '\n' })).stderr).toMatch(/--file/);
  });

  it('seals everything with a new key, and says which key is missing where some cannot be', async () => {
    await cli(['secret', 'set', 'kept-over', '-o', 'json'], { stdin: 'kept over\n' });
    const path = join(api.dataFolder, 'keys', 'secret-key');
    const [oldKey, key] = [readFileSync(path, 'utf8').trim(), 'k'.repeat(48)];
    const { id: oldId } = ((await api.call('GET', '/api/v1/secret-key')).body as unknown as { keys: [{ id: string }] })
      .keys[0];
    writeFileSync(path, key);
    const refused = await cli(['secret', 'rotate-key']);
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining(`not in the key file: ${oldId} (`)]);
    writeFileSync(path, `${key}\n${oldKey}`);
    const rotated = await json<{ keyId: string; rewrapped: number }>('secret', 'rotate-key');
    expect(rotated.keyId).not.toBe(oldId);
    expect(rotated.rewrapped).toBeGreaterThan(0);
    expect(await json('secret', 'rotate-key')).toEqual({ ...rotated, rewrapped: 0 });
    writeFileSync(path, key);
    const { id } = (await json('secret', 'list'))[0] as { id: string };
    expect(await kept(id, 1)).toBe('kept over');
  });
});
