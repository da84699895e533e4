import type { HttpBindings } from '@hono/node-server';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import { Hono, type Context } from 'hono';
import { afterEach, describe, expect, it } from 'vitest';
import { startSmallServer, type SmallServer } from '../../testing/small-server.ts';
import { createHttpClient, Unreachable } from './http.ts';
import { Refusal } from './refusal.ts';

const servers: SmallServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.stop()));
});

async function start(app: Hono<{ Bindings: HttpBindings }> | Hono, port?: number): Promise<SmallServer> {
  const server = await startSmallServer(app, port);
  servers.push(server);
  return server;
}

function client(url: string) {
  return createHttpClient({
    signIn: { url, token: 'sbx_secret', from: 'environment' },
    version: '0.0.0',
    interrupted: new AbortController().signal,
  });
}

const problem = (code: string, more: Record<string, unknown> = {}) => ({
  type: `urn:signalbox:problem:${code}`,
  title: code,
  status: 503,
  detail: `it is ${code}`,
  code,
  requestId: 'r-1',
  ...more,
});

/** Breaks the connection in the middle of the answer. */
function breakAnswer(c: Context<{ Bindings: HttpBindings }>): Response {
  c.env.outgoing.writeHead(201).write('{"half":', () => c.env.outgoing.destroy());
  return RESPONSE_ALREADY_SENT;
}

describe('http client', () => {
  it('repeats a keyed request over a broken connection and a 503, under the same key', async () => {
    const keys: (string | undefined)[] = [];
    const app = new Hono<{ Bindings: HttpBindings }>().post('/work', (c) => {
      keys.push(c.req.header('idempotency-key'));
      if (keys.length === 1) return breakAnswer(c);
      if (keys.length === 2) return c.json(problem('unavailable', { reason: 'database-away' }), 503);
      return c.json({ id: 'done' }, 201);
    });
    const { url } = await start(app);
    const answer = await client(url).json('POST', '/work', { body: {}, idempotencyKey: 'k1' });
    expect(answer).toEqual({ id: 'done' });
    expect(keys).toEqual(['k1', 'k1', 'k1']);
  });

  it('does not repeat a request without a key once it may have been done', async () => {
    let asked = 0;
    const app = new Hono<{ Bindings: HttpBindings }>().post('/work', (c) => {
      asked += 1;
      return breakAnswer(c);
    });
    const { url } = await start(app);
    await expect(client(url).json('POST', '/work', { body: {} })).rejects.toThrow(/may have been done/);
    expect(asked).toBe(1);
  });

  it('waits for a server that comes up within its patience, also without a key: nothing was sent', async () => {
    const app = new Hono().post('/work', (c) => c.json({ ok: true }));
    const first = await start(app);
    await first.stop();
    const late = new Promise<SmallServer>((resolve) => setTimeout(() => resolve(start(app, first.port)), 400));
    expect(await client(first.url).json('POST', '/work', { body: {} })).toEqual({ ok: true });
    await late;
  });

  it('says that a platform is unreachable once its patience is over', async () => {
    const server = await start(new Hono());
    await server.stop();
    const failure = await client(server.url)
      .json('GET', '/x', { patienceMs: 0 })
      .catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(Unreachable);
    expect((failure as Unreachable).exitCode).toBe(3);
    expect((failure as Unreachable).message).toContain('ECONNREFUSED');
  });

  it('throws what is refused, with fields and request id, and asks once', async () => {
    let asked = 0;
    const app = new Hono().get('/x', (c) => {
      asked += 1;
      c.header('x-request-id', 'r-7');
      return c.json(problem('invalid-input', { errors: [{ field: 'a.0', message: 'is bad' }], reason: 'why' }), 422);
    });
    const { url } = await start(app);
    const refusal = await client(url)
      .json('GET', '/x')
      .catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(Refusal);
    expect(refusal).toMatchObject({
      status: 422,
      code: 'invalid-input',
      reason: 'why',
      requestId: 'r-7',
      fields: [{ field: 'a.0', message: 'is bad' }],
    });
    expect(asked).toBe(1);
  });

  it('names what is no platform', async () => {
    const app = new Hono().get('/html', (c) => c.html('<p>hi</p>')).get('/bad', (c) => c.html('<p>no</p>', 404));
    const { url } = await start(app);
    await expect(client(url).json('GET', '/html')).rejects.toThrow(/no JSON/);
    await expect(client(url).json('GET', '/bad')).rejects.toThrow(/status 404/);
  });
});
