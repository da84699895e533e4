import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApi, type TestApi } from '#api/testing/test-api.ts';
import { webhookSecretContext } from '#domain/notifications/webhook-message.ts';
import { secretContext } from '#domain/secrets/secret.ts';
import { openSecretBox, type SecretBox } from '#platform/secret-box.ts';

const count = 40;
let api: TestApi;
let box: SecretBox;
let keyFile: string;
const values = new Map<string, string>();
const newKey = () => randomBytes(48).toString('base64');

beforeAll(async () => {
  api = await startTestApi();
  keyFile = join(api.dataFolder, 'keys', 'secret-key');
  box = openSecretBox({ SIGNALBOX_DATA: api.dataFolder, SIGNALBOX_SECRET_KEY_FILE: '' });
  for (let n = 0; n < count; n += 1) {
    const body = { name: `secret-${n}`, value: `value of ${n}` };
    const kept = await api.call('POST', '/api/v1/secrets', { body });
    values.set(secretContext(kept.body.id, 1), body.value);
  }
  const hook = { name: 'hook', url: 'https://example.com/hook', kinds: [] };
  const made = await api.call('POST', '/api/v1/webhooks', { body: hook });
  expect(made.status, made.text).toBe(201);
});
afterAll(() => api.remove());

/** Every sealed value with what it is bound to. */
async function sealedValues(): Promise<{ context: string; sealed: string }[]> {
  const versions = await api.db.selectFrom('secret_version').selectAll().where('sealed', 'is not', null).execute();
  const hooks = await api.db.selectFrom('webhook').select(['id', 'secret']).execute();
  return [
    ...versions.map((row) => ({ context: secretContext(row.secret_id, row.version), sealed: row.sealed ?? '' })),
    ...hooks.map((row) => ({ context: webhookSecretContext(row.id), sealed: row.secret })),
  ];
}
const keysInUse = async () => [...new Set((await sealedValues()).map(({ sealed }) => sealed.split('.')[1]))].sort();
async function expectAllOpen(): Promise<void> {
  for (const { context, sealed } of await sealedValues()) {
    const value = await box.open(sealed, context);
    expect(value).toBe(values.get(context) ?? value);
  }
}
const rewrap = (limit?: number) =>
  api.call('POST', '/api/v1/secret-key/rewrap', { body: limit === undefined ? {} : { limit } });
const status = async () => (await api.call('GET', '/api/v1/secret-key')).body as unknown;

describe('a change of the key', () => {
  it('moves all that is sealed in batches, says how far it is, and then the old key is not needed', async () => {
    const oldKey = readFileSync(keyFile, 'utf8').trim();
    const [oldId] = await box.keyIds();
    expect((await rewrap()).body).toMatchObject({ keyId: oldId, rewrapped: 0, left: 0, unreadable: 0 });
    const key = newKey();
    writeFileSync(keyFile, `${key}\n${oldKey}\n`);
    const [newId] = await box.keyIds();
    expect(await status()).toEqual({
      keyId: newId,
      keys: [
        { id: newId, inFile: true, values: 0 },
        { id: oldId, inFile: true, values: count + 1 },
      ],
      left: count + 1,
      unreadable: 0,
    });
    expect((await rewrap(30)).body).toEqual({ keyId: newId, rewrapped: 30, left: 11, unreadable: 0 });
    await expectAllOpen();
    expect((await rewrap(30)).body).toEqual({ keyId: newId, rewrapped: 11, left: 0, unreadable: 0 });
    writeFileSync(keyFile, `${key}\n`);
    expect(await keysInUse()).toEqual([newId]);
    await expectAllOpen();
    const audited = await api.db
      .selectFrom('audit')
      .select('details')
      .where('action', '=', 'secret.rotate-key')
      .execute();
    expect(audited.map(({ details }) => details)).toEqual([{ rewrapped: 0 }, { rewrapped: 30 }, { rewrapped: 11 }]);
  });

  it('loses nothing where whoever does it is killed, at any moment, and goes on where that was', async () => {
    const oldKey = readFileSync(keyFile, 'utf8').trim();
    writeFileSync(keyFile, `${newKey()}\n${oldKey}\n`);
    const [newId, oldId] = await box.keyIds();
    const program = join(import.meta.dirname, '../../tests/support/rewrap-process.ts');
    let deaths = 0;
    for (let round = 0; round < 12 && (await keysInUse()).includes(oldId); round += 1) {
      const child = spawn(process.execPath, [program, api.databaseUrl, api.dataFolder], { stdio: 'pipe' });
      await Promise.race([once(child.stdout, 'data'), once(child, 'exit')]);
      await new Promise((resolve) => setTimeout(resolve, round * 2));
      if (child.exitCode === null) deaths += child.kill('SIGKILL') ? 1 : 0;
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
      await expectAllOpen();
    }
    expect(deaths).toBeGreaterThan(1);
    while ((await rewrap(7)).body.left > 0);
    writeFileSync(keyFile, `${readFileSync(keyFile, 'utf8').split('\n')[0]}\n`);
    expect(await keysInUse()).toEqual([newId]);
    await expectAllOpen();
  });

  it('leaves what no key of the file opens, counts it, and takes it up once the key is back', async () => {
    const [lostKey = ''] = readFileSync(keyFile, 'utf8').split('\n');
    const [lostId] = await box.keyIds();
    const key = newKey();
    writeFileSync(keyFile, `${key}\n`);
    const [newId] = await box.keyIds();
    expect((await rewrap()).body).toEqual({ keyId: newId, rewrapped: 0, left: 0, unreadable: count + 1 });
    expect(await keysInUse()).toEqual([lostId]);
    writeFileSync(keyFile, `${key}\n${lostKey}\n`);
    expect((await rewrap()).body).toMatchObject({ rewrapped: count + 1, unreadable: 0 });
    await expectAllOpen();
  });

  it('names a value that is damaged, and does nothing of that batch', async () => {
    const [key = ''] = readFileSync(keyFile, 'utf8').split('\n');
    writeFileSync(keyFile, `${newKey()}\n${key}\n`);
    const [, oldId] = await box.keyIds();
    await sql`update secret_version set sealed = substr(sealed, 1, length(sealed) - 8) || 'AAAAAAAA'
      where secret_id = (select id from secret where name = 'secret-7')`.execute(api.db);
    expect(await rewrap(1000)).toMatchObject({ status: 409, body: { reason: 'sealed-value-damaged' } });
    expect(await keysInUse()).toEqual([oldId]);
  });

  it('is for administrators', async () => {
    const { token } = await api.user('op', 'ops');
    expect((await api.call('POST', '/api/v1/secret-key/rewrap', { token, body: {} })).status).toBe(403);
    expect((await api.call('GET', '/api/v1/secret-key', { token })).status).toBe(403);
  });
});
