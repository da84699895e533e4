import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Hono } from 'hono';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Problem } from '#domain/errors.ts';
import type { ApiEnv } from '#api/kernel/http/env.ts';
import { addWebFiles } from './web-files.ts';

describe('the files of the web', () => {
  const folder = mkdtempSync(join(tmpdir(), 'signalbox-web-'));
  const app = new Hono<ApiEnv>();

  beforeAll(() => {
    const files = {
      'web/index.html': '<!doctype html>the start page',
      'web/_app/immutable/a.js': 'let a',
      'web/_app/immutable/a.js.br': 'compressed',
      'web/_app/version.json': '{}',
      'secret.txt': 'not of the web',
    };
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), text);
    }
    app.onError((error, c) => c.text(error.message, error instanceof Problem ? 404 : 500));
    addWebFiles(app, join(folder, 'web'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('serves the start page for every address of the web, never from a cache, never in a frame', async () => {
    for (const path of [
      '/',
      '/tree/4?tab=machines',
      '/tasks/01a1fef1-9aae-7366-a7c2-9d092e87189a',
      '/_kit',
      '/a.b.c',
    ]) {
      const answer = await app.request(path);
      expect([path, answer.status, await answer.text()]).toEqual([path, 200, '<!doctype html>the start page']);
      expect(answer.headers.get('cache-control')).toBe('no-cache');
      expect(answer.headers.get('content-security-policy')).toBe("frame-ancestors 'none'");
    }
  });

  it('serves hashed files for good and compressed, others to be asked for again', async () => {
    const plain = await app.request('/_app/immutable/a.js');
    expect(await plain.text()).toBe('let a');
    expect(plain.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect(plain.headers.get('content-security-policy')).toBe("default-src 'self'");
    const small = await app.request('/_app/immutable/a.js', { headers: { 'accept-encoding': 'br' } });
    expect([small.headers.get('content-encoding'), await small.text()]).toEqual(['br', 'compressed']);
    expect((await app.request('/_app/version.json')).headers.get('cache-control')).toBe('no-cache');
  });

  it('does not serve the start page for a file of a former build, nor for the api', async () => {
    for (const path of ['/_app/immutable/gone.js', '/favicon.ico', '/api/v1/nothing', '/api', '/metrics', '/healthz'])
      expect([path, (await app.request(path)).status]).toEqual([path, 404]);
  });

  it('serves nothing from outside its folder', async () => {
    for (const path of ['/_app/../../secret.txt', '/_app/%2e%2e/%2e%2e/secret.txt', '/_app/..%2f..%2fsecret.txt']) {
      const answer = await app.request(path);
      expect(await answer.text()).not.toContain('not of the web');
    }
  });
});
