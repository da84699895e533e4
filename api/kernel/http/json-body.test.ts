import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApi, type TestApi } from '#api/testing/test-api.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.remove());

async function post(path: string, body: Uint8Array): Promise<{ status: number; body: Record<string, unknown> }> {
  const headers = { authorization: `Bearer ${api.adminToken}`, 'content-type': 'application/json', origin: api.url };
  const answer = await fetch(api.url + path, { method: 'POST', headers, body: Buffer.from(body) });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
}
const script = (name: string, content: string) => JSON.stringify({ name, language: 'shell', content });

describe('the body of a request', () => {
  it('is refused where it is no UTF-8: nothing is kept as something else', async () => {
    const latin1 = Buffer.from(script('latin', 'echo caf\u00e9'), 'latin1');
    expect(await post('/api/v1/scripts', latin1)).toMatchObject({ status: 400, body: { reason: 'not-utf8' } });
    expect((await api.call('GET', '/api/v1/scripts/latin')).status).toBe(404);
    const signIn = Buffer.from('{"username":"admin","password":"caf\u00e9"}', 'latin1');
    expect(await post('/api/auth/sign-in/username', signIn)).toMatchObject({
      status: 400,
      body: { reason: 'not-utf8' },
    });
  });

  it('may begin with a byte order mark, which is no part of it', async () => {
    const marked = Buffer.from(`\uFEFF${script('marked', 'echo 1')}`, 'utf8');
    expect(await post('/api/v1/scripts', marked)).toMatchObject({ status: 201, body: { content: 'echo 1' } });
  });

  it('has no text that begins with one: a host would read it as a part of the first line', async () => {
    const told = [{ field: 'content', reason: 'byte-order-mark' }];
    const body = Buffer.from(script('inner', '\uFEFF#!/bin/sh'), 'utf8');
    expect(await post('/api/v1/scripts', body)).toMatchObject({ status: 422, body: { errors: told } });
    const task = JSON.stringify({ target: { hosts: ['a'] }, script: '\uFEFF#!/bin/sh' });
    expect(await post('/api/v1/tasks', Buffer.from(task, 'utf8'))).toMatchObject({
      status: 422,
      body: { errors: [{ field: 'script', reason: 'byte-order-mark' }] },
    });
    const secret = JSON.stringify({ name: 'marked', value: '\uFEFFhunter2' });
    expect(await post('/api/v1/secrets', Buffer.from(secret, 'utf8'))).toMatchObject({
      status: 422,
      body: { errors: [{ field: 'value', reason: 'byte-order-mark' }] },
    });
  });

  it('has no half characters, in texts or names; each is named', async () => {
    const body = '{"name":"half","language":"shell","content":"a\\ud800","note":"\\udc00b","more":{"\\ud800":1}}';
    expect(await post('/api/v1/scripts', Buffer.from(body, 'utf8'))).toMatchObject({
      status: 422,
      body: {
        errors: [
          { field: 'content', reason: 'not-unicode' },
          { field: 'note', reason: 'not-unicode' },
          { field: 'more.\ufffd', reason: 'not-unicode' },
        ],
      },
    });
    const whole = script('whole', 'x').replace('"x"', '"\\ud83e\\udd8a"');
    expect(await post('/api/v1/scripts', Buffer.from(whole, 'utf8'))).toMatchObject({ body: { content: '🦊' } });
  });

  it('has no times that no calendar or clock has', async () => {
    for (const runAt of ['2026-02-30T10:00:00Z', '2027-02-29T10:00:00Z', '2026-12-01T24:00:00Z', 'tomorrow']) {
      const task = JSON.stringify({ target: { hosts: ['a'] }, command: ['id'], runAt });
      expect(await post('/api/v1/tasks', Buffer.from(task)), runAt).toMatchObject({
        status: 422,
        body: { errors: [{ field: 'runAt', reason: 'not-a-time' }] },
      });
    }
  });

  it('is read and refused in short, whatever its depth and the length of its names', async () => {
    const halves = Array<string>(100).fill('"\\ud800"').join(',');
    const deep = `${'['.repeat(100_000)}${halves}${']'.repeat(100_000)}`;
    const named = `{"${'x'.repeat(900_000)}":"\\ud800"}`;
    const before = performance.now();
    for (const body of [deep, named]) {
      const answer = await post('/api/v1/scripts', Buffer.from(body, 'utf8'));
      expect(answer.status).toBe(422);
      expect(JSON.stringify(answer.body).length).toBeLessThan(50_000);
    }
    // It took a minute and more, during which nobody else was answered.
    expect(performance.now() - before).toBeLessThan(10_000);
  });

  it('has no more entries than a contract could mean', async () => {
    const env = `{${Array.from({ length: 200_000 }, (_, n) => `"=${n}":1`).join(',')}}`;
    const task = `{"target":{"hosts":["a"]},"command":["true"],"env":${env}}`;
    expect(await post('/api/v1/tasks', Buffer.from(task, 'utf8'))).toMatchObject({
      status: 422,
      body: { errors: [{ field: 'env', reason: 'too-many-entries' }] },
    });
  });

  it('has no name whose Unicode form takes minutes to find', async () => {
    const path = `a${'\u0301\u0323'.repeat(400_000)}`;
    const before = performance.now();
    const answer = await post('/api/v1/nodes', Buffer.from(JSON.stringify({ path }), 'utf8'));
    expect(answer.status).toBe(422);
    expect((await post('/api/v1/scripts', Buffer.from(script(path, 'x'), 'utf8'))).status).toBe(422);
    expect(performance.now() - before).toBeLessThan(10_000);
  });
});
