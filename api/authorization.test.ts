import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { OpenAPIHono } from '@hono/zod-openapi';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { hashToken } from '#api/kernel/auth/authenticate.ts';
import type { ApiEnv } from '#api/kernel/http/env.ts';
import { createRegister, type RegisteredRoute } from '#api/kernel/http/register.ts';
import { startTestApi, type TestApi } from '#api/testing/test-api.ts';
import { expectedAnswer, type Walker, walkers } from '#api/testing/authorization-cases.ts';
import { authPaths } from '#api/kernel/auth/auth-routes.ts';
import { whoami } from '#api/identity/identity.contract.ts';
import { subjects } from '#api/rooms.ts';
import type { SubjectName } from '#domain/names.ts';

let api: TestApi;
const credentials = new Map<Walker, Record<string, string>>();
/** One of each thing that rules are about, on a node inside. */
const ids: Record<SubjectName, string> = { schedule: '', secret: '', task: '', ticket: '' };

async function grant(node: string, user: string, role: string): Promise<void> {
  const { status } = await api.call('PUT', `/api/v1/nodes/${node}/grants/${user}`, { body: { role } });
  expect(status).toBe(200);
}

beforeAll(async () => {
  api = await startTestApi();
  for (const path of ['inside.deep', 'outside', 'nobodys']) {
    expect((await api.call('POST', '/api/v1/nodes', { body: { path } })).status).toBe(201);
  }
  await api.machine('walked', { nodes: ['inside.deep'] });
  await api.machine('unwalked', { nodes: ['nobodys'] });
  await api.db
    .insertInto('certificate_authority')
    .values({ sha256: '0'.repeat(64), certificate_pem: '' })
    .execute();
  const task = await api.call('POST', '/api/v1/tasks', {
    body: { target: { node: 'inside.deep' }, command: ['true'] },
  });
  ids.task = task.body.id;
  const ticket = await api.call('POST', '/api/v1/tickets', {
    body: { kind: 'manual.step', node: 'inside.deep', title: 'walked', instructions: 'wait' },
  });
  expect(ticket.status).toBe(202);
  ids.ticket = ticket.body.id;
  const script = { name: 'walked', language: 'shell', content: 'true' };
  expect((await api.call('POST', '/api/v1/scripts', { body: script })).status).toBe(201);

  const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
  credentials
    .set('anonymous', {})
    .set('bad-token', bearer(`sbx_${'x'.repeat(43)}`))
    .set('admin', bearer(api.adminToken));
  for (const role of ['ops', 'viewer', 'none'] as const)
    credentials.set(role, bearer((await api.user(`walker-${role}`, role)).token));
  for (const [walker, node, role] of [
    ['ops-owner-inside', 'inside', 'ops-owner'],
    ['dev-owner-inside', 'inside', 'dev-owner'],
    ['viewer-inside', 'inside', 'viewer'],
    ['ops-owner-outside', 'outside', 'ops-owner'],
  ] as const) {
    credentials.set(walker, bearer((await api.user(walker, 'none')).token));
    await grant(node, walker, role);
  }
  const revoked = await api.user('revoked', 'admin');
  await sql`update apikey set enabled = false where "referenceId" = ${revoked.id}`.execute(api.db);
  credentials.set('revoked-token', bearer(revoked.token));
  const expired = await api.user('expired', 'admin');
  await sql`update apikey set "expiresAt" = now() - interval '1 second' where key = ${await hashToken(expired.token)}`.execute(
    api.db,
  );
  credentials.set('expired-token', bearer(expired.token));
  const disabled = await api.user('disabled', 'admin');
  await api.call('PATCH', '/api/v1/users/disabled', { body: { disabled: true } });
  credentials.set('disabled-user', bearer(disabled.token));

  const password = readFileSync(join(api.dataFolder, 'run', 'first-password'), 'utf8').trim();
  const signIn = await api.call('POST', '/api/auth/sign-in/username', {
    body: { username: 'admin', password },
    token: null,
  });
  const cookie = signIn.headers
    .getSetCookie()
    .map((line) => line.split(';', 1)[0])
    .join('; ');
  expect(cookie).toContain('session_token');
  await sql`update session set "expiresAt" = now() - interval '1 second'`.execute(api.db);
  credentials.set('expired-session', { cookie, origin: api.url });
});
afterAll(() => api.remove());
// Whoever may, deletes it as they walk.
beforeEach(async () => {
  const secret = { name: `walked-${crypto.randomUUID()}`, node: 'inside.deep', value: 'walked' };
  ids.secret = (await api.call('POST', '/api/v1/secrets', { body: secret })).body.id;
  const task = { target: { node: 'inside.deep' }, command: ['true'] };
  const schedule = { name: `walked-${crypto.randomUUID()}`, cron: '0 0 1 1 *', task };
  ids.schedule = (await api.call('POST', '/api/v1/schedules', { body: schedule })).body.id;
});

/** The path with things that exist, and a body that passes validation but changes nothing that matters. */
function requestFor(route: RegisteredRoute): { path: string; body?: unknown } {
  const subject = subjectOf(route);
  const path = route.path
    .replace('{node}', 'inside.deep')
    .replace('{id}', subject === undefined ? '{id}' : ids[subject])
    .replace('{kind}', 'task.run')
    .replace('{user}', 'nobody-at-all')
    .replace('{token}', 'no-such-token')
    .replace('{agent}', 'no-such-agent')
    .replace('{operation}', crypto.randomUUID())
    .replace('{script}', route.method === 'DELETE' ? 'no-such-script' : 'walked')
    .replace('{version}', '1');
  if (!['POST', 'PUT', 'PATCH'].includes(route.method))
    return { path: path === '/api/v1/events' ? `${path}?topic=nothing` : path };
  switch (`${route.method} ${route.path}`) {
    case 'POST /api/v1/nodes':
      return { path, body: { path: 'nobodys' } };
    case 'POST /api/v1/secrets':
      return { path, body: { name: 'walked', value: 'walked' } };
    case 'POST /api/v1/schedules':
      return {
        path,
        body: { name: 'walked', cron: '0 0 1 1 *', task: { target: { hosts: ['unwalked'] }, command: ['true'] } },
      };
    case 'POST /api/v1/tasks':
      return { path, body: { target: { hosts: ['unwalked'] }, command: ['true'], strategy: { concurrency: 1 } } };
    case 'POST /api/v1/tickets':
    case 'POST /api/v1/changes/preview': {
      const task = { target: { hosts: ['unwalked'] }, command: ['true'], strategy: { concurrency: 1 } };
      return { path, body: { kind: 'task.run', task } };
    }
    default:
      // What is done to a ticket has its own rule behind that of the route: no body that gets there.
      return { path, body: subject === 'ticket' ? { message: 0 } : {} };
  }
}

describe('every route', () => {
  it('is on the api with a rule, and nothing else is', async () => {
    const { body } = await api.call('GET', '/api/openapi.json', { token: null });
    const documented = Object.entries(body.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    const registered = api.api.routes().map((route) => `${route.method} ${route.path}`);
    expect(registered.toSorted()).toEqual(documented.toSorted());
    const open = [
      'GET /healthz',
      'GET /readyz',
      'GET /metrics',
      'GET /*',
      'GET /api/openapi.json',
      ...authPaths.map((it) => `${it.method} ${it.path}`),
    ];
    const handled = api.api.handledPaths().filter((path) => !registered.includes(path) && !open.includes(path));
    expect(handled).toEqual([]);
  });

  it('without a rule is refused when the api is made', () => {
    const { register } = createRegister(new OpenAPIHono<ApiEnv>(), api.db, subjects);
    const { ['x-signalbox-rule']: _, ...bare } = whoami;
    expect(() => register(bare as never, (() => undefined) as never)).toThrow('has no rule');
  });

  for (const walker of walkers) {
    it(`answers exactly what its rule says to: ${walker}`, async () => {
      const wrong: string[] = [];
      const walk = async (route: RegisteredRoute) => {
        const { path, body } = requestFor(route);
        const answer = await api.call(route.method, path, {
          body,
          token: null,
          headers: credentials.get(walker) ?? {},
        });
        const expected = expectedAnswer(route.rule, walker);
        const refused =
          [401, 403].includes(answer.status) || (answer.status === 404 && hides(route, answer.body?.detail));
        const right = expected === 'pass' ? !refused && answer.status < 500 : answer.status === expected;
        const name = `${route.method} ${route.path}`;
        if (!right) wrong.push(`${name}: ${answer.status} instead of ${expected} ${JSON.stringify(answer.body)}`);
        if (answer.status >= 400) expect(answer.headers.get('content-type'), name).toBe('application/problem+json');
      };
      await Promise.all(api.api.routes().map(walk));
      expect(wrong).toEqual([]);
    });
  }

  it('leaves an audit row of each mutation that somebody signed in was refused', async () => {
    const outside = credentials.get('ops-owner-outside') ?? {};
    const before = await api.call('GET', '/api/v1/audit?outcome=denied&actor=ops-owner-outside&limit=500');
    const refused: string[] = [];
    for (const route of api.api.routes()) {
      if (route.method === 'GET') continue;
      const { path, body } = requestFor(route);
      const { status } = await api.call(route.method, path, { body, token: null, headers: outside });
      if ([403, 404].includes(status) && typeof route.rule === 'object') refused.push(path);
    }
    const after = await api.call('GET', '/api/v1/audit?outcome=denied&actor=ops-owner-outside&limit=500');
    const rows = after.body.items.slice(0, after.body.items.length - before.body.items.length);
    expect(refused.length).toBeGreaterThan(10);
    expect(rows.map((row: { target: string }) => row.target).toReversed()).toEqual(refused);
  });
});

/** Whether a 404 is about what the rule resolves, rather than about something else that the path names. */
function hides(route: RegisteredRoute, detail: unknown): boolean {
  if (typeof route.rule !== 'object') return false;
  const hidden = route.rule.subject ?? (route.rule.node === 'path' ? 'node' : undefined);
  return hidden !== undefined && detail === `There is no such ${hidden}`;
}

function subjectOf({ rule }: RegisteredRoute): SubjectName | undefined {
  return typeof rule === 'object' ? rule.subject : undefined;
}
