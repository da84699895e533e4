import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApi, type TestApi } from '#api/testing/test-api.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.remove());

/** A browser with one cookie jar, on our own page unless told otherwise. */
function browser() {
  let cookie = '';
  return {
    get cookie() {
      return cookie;
    },
    async send(method: string, path: string, body?: unknown, origin = api.url) {
      const answer = await api.call(method, path, {
        body,
        token: null,
        headers: { origin, ...(cookie && { cookie }) },
      });
      const set = answer.headers.getSetCookie().map((line) => line.split(';', 1)[0] ?? '');
      if (set.length > 0) cookie = set.filter((pair) => !pair.endsWith('=')).join('; ');
      return answer;
    },
  };
}

const firstPasswordFile = () => join(api.dataFolder, 'run', 'first-password');

describe('the first administrator', () => {
  it('has a one-time password and a token in files for the owner alone', async () => {
    for (const name of ['run/first-password', 'run/signin.json', 'keys/auth-secret']) {
      expect(statSync(join(api.dataFolder, name)).mode & 0o777, name).toBe(0o600);
    }
    expect(await api.call('GET', '/api/v1/whoami')).toMatchObject({
      status: 200,
      body: { name: 'admin', role: 'admin', via: 'token' },
    });
  });

  it('may only change the password before anything else, and then the file is gone', async () => {
    const password = readFileSync(firstPasswordFile(), 'utf8').trim();
    const page = browser();
    const other = browser();
    const signIn = await page.send('POST', '/api/auth/sign-in/username', { username: 'admin', password });
    expect(signIn).toMatchObject({ status: 200, body: { name: 'admin', mustChangePassword: true } });
    expect(JSON.stringify(signIn.body)).not.toContain('oken');
    await other.send('POST', '/api/auth/sign-in/username', { username: 'admin', password });

    expect(await page.send('GET', '/api/v1/whoami')).toMatchObject({
      status: 200,
      body: { mustChangePassword: true, via: 'session' },
    });
    expect(await page.send('GET', '/api/v1/users')).toMatchObject({
      status: 403,
      body: { code: 'password-change-required' },
    });
    expect(await page.send('POST', '/api/v1/tokens', {})).toMatchObject({
      status: 403,
      body: { code: 'password-change-required' },
    });

    const change = (input: object) => page.send('POST', '/api/auth/change-password', input);
    expect(await change({ currentPassword: password, newPassword: 'short' })).toMatchObject({
      status: 422,
      body: { errors: [{ field: 'newPassword' }] },
    });
    expect(await change({ currentPassword: password, newPassword: password })).toMatchObject({ status: 422 });
    expect(await change({ currentPassword: 'wrong-wrong-wrong', newPassword: 'correct horse battery' })).toMatchObject({
      status: 422,
      body: { errors: [{ field: 'currentPassword' }] },
    });
    expect(await change({ currentPassword: password, newPassword: 'correct horse battery' })).toMatchObject({
      status: 204,
    });
    expect(existsSync(firstPasswordFile())).toBe(false);
    expect(await page.send('GET', '/api/v1/users')).toMatchObject({ status: 200 });
    expect(await other.send('GET', '/api/v1/whoami')).toMatchObject({ status: 401 });
  });
});

describe('a session', () => {
  it('does nothing for another site, and ends with the sign-out', async () => {
    const page = browser();
    await page.send('POST', '/api/auth/sign-in/username', { username: 'ADMIN', password: 'correct horse battery' });
    const foreign = await page.send('POST', '/api/v1/nodes', { path: 'foreign' }, 'https://evil.example');
    expect(foreign).toMatchObject({ status: 403, body: { reason: 'cross-site' } });
    const silent = await api.call('POST', '/api/v1/nodes', {
      body: { path: 'silent' },
      token: null,
      headers: { cookie: page.cookie },
    });
    expect(silent).toMatchObject({ status: 403, body: { reason: 'cross-site' } });
    expect(await page.send('POST', '/api/v1/nodes', { path: 'ours' })).toMatchObject({ status: 201 });

    const session = await page.send('GET', '/api/auth/get-session');
    expect(session.body).toMatchObject({ user: { name: 'admin' } });
    const { cookie } = page;
    expect(await page.send('POST', '/api/auth/sign-out')).toMatchObject({ status: 204 });
    expect(await api.call('GET', '/api/v1/whoami', { token: null, headers: { cookie } })).toMatchObject({
      status: 401,
    });
  });

  it('is refused as soon as it is over or its user is disabled', async () => {
    const created = await api.call('POST', '/api/v1/users', { body: { name: 'pat', role: 'ops', withPassword: true } });
    const page = browser();
    await page.send('POST', '/api/auth/sign-in/username', { username: 'pat', password: created.body.password });
    expect(await page.send('GET', '/api/v1/whoami')).toMatchObject({ status: 200 });
    await sql`update session set "expiresAt" = now() - interval '1 second' where "userId" = ${created.body.id}`.execute(
      api.db,
    );
    expect(await page.send('GET', '/api/v1/whoami')).toMatchObject({ status: 401 });

    await api.call('PATCH', '/api/v1/users/pat', { body: { disabled: true } });
    expect(await api.call('GET', '/api/v1/whoami', { token: created.body.token })).toMatchObject({ status: 401 });
    const again = await browser().send('POST', '/api/auth/sign-in/username', {
      username: 'pat',
      password: created.body.password,
    });
    expect(again).toMatchObject({ status: 403 });
  });
});

describe('what is open of better-auth', () => {
  it('is the few paths that are needed: nobody signs up or makes keys there', async () => {
    const body = { email: 'a@b.example', name: 'mallory', password: 'long enough password', username: 'mallory' };
    for (const path of [
      '/api/auth/sign-up/email',
      '/api/auth/api-key/create',
      '/api/auth/sign-in/email',
      '/api/auth/update-user',
      '/api/auth/is-username-available',
    ]) {
      expect(await api.call('POST', path, { body, token: null }), path).toMatchObject({ status: 404 });
    }
    expect(await api.call('GET', '/api/auth/api-key/list')).toMatchObject({ status: 404 });
  });

  it('limits the attempts to sign in, in the ledger, whatever address a client claims', async () => {
    const attempt = (n: number) =>
      api.call('POST', '/api/auth/sign-in/username', {
        body: { username: 'admin', password: 'wrong wrong wrong' },
        token: null,
        headers: { 'x-forwarded-for': `10.0.0.${n}`, 'x-signalbox-client-ip': `10.0.1.${n}` },
      });
    await sql`delete from "rateLimit"`.execute(api.db);
    const statuses: number[] = [];
    for (let n = 0; n < 12; n++) statuses.push((await attempt(n)).status);
    expect(statuses.slice(0, 10)).toEqual(Array(10).fill(401));
    expect(statuses.slice(10)).toEqual([429, 429]);
    const limited = await attempt(99);
    expect(limited.body).toMatchObject({ code: 'too-many-requests' });
    expect(Number(limited.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await sql`select 1 from "rateLimit"`.execute(api.db)).rows.length).toBe(1);
  });

  it('audits sign-ins, refused ones too', async () => {
    const { body } = await api.call('GET', '/api/v1/audit?action=identity.*&limit=200');
    const rows = body.items.map(
      (row: { action: string; outcome: string; target: string }) => `${row.action} ${row.outcome} ${row.target}`,
    );
    expect(rows).toContain('identity.sign-in allowed admin');
    expect(rows).toContain('identity.sign-in denied admin');
    expect(rows).toContain('identity.password.change allowed admin');
  });
});
