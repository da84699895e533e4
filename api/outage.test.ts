import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDatabase } from '#db/database.ts';
import { startTestPostgres, type TestPostgres } from '#tests/support/postgres.ts';
import { startTestApi, type TestApi } from './testing/test-api.ts';

let postgres: TestPostgres;
let api: TestApi;
const unhandled: unknown[] = [];
const note = (reason: unknown) => unhandled.push(reason);

beforeAll(async () => {
  process.on('unhandledRejection', note);
  postgres = await startTestPostgres();
  const url = postgres.url('postgres');
  const handle = openDatabase(url, { max: 6 });
  api = await startTestApi({ database: { ...handle, url, remove: () => handle.close() } });
});
afterAll(async () => {
  await api.remove();
  await postgres.remove();
  process.off('unhandledRejection', note);
});

async function answersAgain(): Promise<void> {
  for (const deadline = Date.now() + 10_000; (await api.call('GET', '/api/v1/whoami')).status !== 200;) {
    if (Date.now() > deadline) throw new Error('it did not come back within 10 s');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

describe('while PostgreSQL is away', () => {
  it('says 503 with Retry-After, lives, and comes back by itself, streams included', async () => {
    const stream = await fetch(`${api.url}/api/v1/events?topic=agents`, {
      headers: { authorization: `Bearer ${api.adminToken}` },
    });
    expect(stream.status).toBe(200);
    for (let round = 0; round < 3; round++) {
      const busy = Array.from({ length: 10 }, () => api.call('GET', '/api/v1/users'));
      await postgres.crash();
      for (const { status } of await Promise.all(busy)) expect([200, 503]).toContain(status);
      for (const [method, path, body] of [
        ['GET', '/api/v1/whoami', undefined],
        ['POST', '/api/v1/nodes', { path: 'x' }],
        ['POST', '/api/auth/sign-in/username', { username: 'admin', password: 'whatever it is' }],
      ] as const) {
        const answer = await api.call(method, path, { body });
        expect(answer, path).toMatchObject({ status: 503, body: { code: 'unavailable' } });
        expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
        expect(JSON.stringify(answer.body)).not.toContain('ECONNREFUSED');
      }
      expect(await api.call('GET', '/healthz')).toMatchObject({ status: 200 });
      expect(await api.call('GET', '/readyz')).toMatchObject({ status: 503, body: { ready: false } });
      await postgres.start();
      await answersAgain();
    }
    await stream.body?.cancel();
    expect(unhandled).toEqual([]);
  });
});
