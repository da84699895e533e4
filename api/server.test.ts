import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApi, type TestApi } from './testing/test-api.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.remove());

describe('the frame of every answer', () => {
  it('says whether it lives, is ready, and what it measures', async () => {
    expect(await api.call('GET', '/healthz', { token: null })).toMatchObject({ status: 200, body: { alive: true } });
    expect(await api.call('GET', '/readyz', { token: null })).toMatchObject({ status: 200, body: { ready: true } });
    const metrics = await api.call('GET', '/metrics', { token: null });
    expect(metrics.text).toContain('signalbox_http_request_seconds');
  });

  it('answers problem+json where there is nothing, and echoes a sane request id', async () => {
    const answer = await api.call('GET', '/api/v1/nothing', { headers: { 'x-request-id': 'abc-1' } });
    expect(answer.status).toBe(404);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect(answer.headers.get('x-request-id')).toBe('abc-1');
    expect(answer.body).toMatchObject({ type: 'urn:signalbox:problem:not-found', status: 404, requestId: 'abc-1' });
    const replaced = await api.call('GET', '/nothing', { headers: { 'x-request-id': 'not sane!' } });
    expect(replaced.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('names wrong fields as dotted paths, and refuses what is no JSON or too large', async () => {
    const wrong = await api.call('POST', '/api/v1/tasks', {
      body: { target: { hosts: ['a', 7] }, command: ['true'], strategy: { concurrency: 0 } },
    });
    expect(wrong.status).toBe(422);
    expect(wrong.body.errors.map((error: { field: string }) => error.field)).toEqual([
      'target.hosts.1',
      'strategy.concurrency',
    ]);
    const malformed = await api.call('POST', '/api/v1/users', { body: '{"name":' });
    expect(malformed).toMatchObject({ status: 400, body: { code: 'malformed-request' } });
    const form = await api.call('POST', '/api/v1/users', { body: 'a=1', headers: { 'content-type': 'text/plain' } });
    expect(form).toMatchObject({ status: 400, body: { reason: 'media-type' } });
    const large = await api.call('POST', '/api/v1/users', { body: `{"name":"${'x'.repeat(9_000_000)}"}` });
    expect(large).toMatchObject({ status: 413, body: { code: 'too-large' } });
  });

  it('sends secure headers and no CORS', async () => {
    const { headers } = await api.call('GET', '/api/v1/whoami', { headers: { origin: 'https://evil.example' } });
    expect(headers.get('access-control-allow-origin')).toBeNull();
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(headers.get('cache-control')).toBe('no-store');
  });

  it('describes every route, with its rule, in OpenAPI 3.1', async () => {
    const { body } = await api.call('GET', '/api/openapi.json', { token: null });
    expect(body.openapi).toBe('3.1.0');
    for (const { method, path, rule } of api.api.routes()) {
      const operation = body.paths[path]?.[method.toLowerCase()];
      expect(operation, `${method} ${path}`).toBeDefined();
      expect(operation?.['x-signalbox-rule']).toEqual(rule);
      expect(operation?.responses.default.content).toHaveProperty('application/problem+json');
    }
  });

  it('tells its status without Temporal: not ready, and why', async () => {
    const { status, body } = await api.call('GET', '/api/v1/status');
    expect(status).toBe(200);
    expect(body).toMatchObject({ ready: false, agents: { online: 0, total: 0 }, addresses: { web: api.url } });
    expect(body.reasons).toContain('Temporal does not answer');
    expect(JSON.stringify(body)).not.toContain('signalbox@');
  });
});
