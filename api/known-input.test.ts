import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RegisteredRoute } from '#api/kernel/http/register.ts';
import { examplesOf, type JsonSchema, misspellEach, misspelt } from '#api/testing/example-input.ts';
import { startTestApi, type TestApi } from '#api/testing/test-api.ts';
import type { SubjectName } from '#domain/names.ts';

interface Operation {
  readonly parameters?: readonly { readonly name: string; readonly in: string }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: JsonSchema }>> };
}
interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, JsonSchema>> };
}

let api: TestApi;
let document: Document;
/** One of each thing that rules are about. */
const ids: Record<SubjectName, string> = { schedule: '', secret: '', task: '', ticket: '' };
beforeAll(async () => {
  api = await startTestApi();
  document = (await api.call('GET', '/api/openapi.json')).body as unknown as Document;
  await api.call('POST', '/api/v1/nodes', { body: { path: 'node' } });
  await api.machine('here', { nodes: ['node'] });
  const task = { target: { node: 'node' }, command: ['true'] };
  const step = { kind: 'manual.step', node: 'node', title: 'wait', instructions: 'wait' };
  const secret = { name: 'kept', node: 'node', value: 'kept' };
  ids.secret = (await api.call('POST', '/api/v1/secrets', { body: secret })).body.id;
  const schedule = { name: 'kept', cron: '0 0 1 1 *', task };
  ids.schedule = (await api.call('POST', '/api/v1/schedules', { body: schedule })).body.id;
  ids.task = (await api.call('POST', '/api/v1/tasks', { body: task })).body.id;
  ids.ticket = (await api.call('POST', '/api/v1/tickets', { body: step })).body.id;
});
afterAll(() => api.remove());

const operationOf = (route: RegisteredRoute) => document.paths[route.path]?.[route.method.toLowerCase()] ?? {};

/** The route's path on things that exist, where its rule looks for them. */
function pathOf({ path, rule }: RegisteredRoute): string {
  const id = typeof rule === 'object' && rule.subject !== undefined ? ids[rule.subject] : 'nobody';
  return path
    .replace('{node}', 'node')
    .replace('{id}', id)
    .replaceAll(/\{\w+\}/g, 'nobody');
}

/** What was accepted, or refused for something else: nothing. */
async function wrongUnlessNamed(
  route: RegisteredRoute,
  field: string,
  query: string,
  body?: unknown,
): Promise<string[]> {
  const answer = await api.call(route.method, pathOf(route) + query, body === undefined ? {} : { body });
  const named = answer.status === 422 && answer.body.errors.some((error) => error.field === field);
  return named ? [] : [`${route.method} ${route.path} ${field}: ${answer.status} ${answer.text.slice(0, 200)}`];
}

/** How much has been done so far. */
const done = () => api.db.selectFrom('audit').select('id').where('outcome', '=', 'allowed').execute();

describe('every route', () => {
  it('refuses a misspelt name of each field of its body, and does nothing', { timeout: 120_000 }, async () => {
    const before = await done();
    const wrong: string[] = [];
    let tried = 0;
    for (const route of api.api.routes()) {
      const schema = operationOf(route).requestBody?.content['application/json']?.schema;
      if (schema === undefined) continue;
      const examples = examplesOf(schema, document.components.schemas);
      for (const { field, body } of examples.flatMap((example) => misspellEach(example))) {
        tried += 1;
        wrong.push(...(await wrongUnlessNamed(route, field, '', body)));
      }
    }
    expect(wrong).toEqual([]);
    expect(tried).toBeGreaterThan(100);
    expect(await done()).toEqual(before);
  });

  it('refuses a misspelt name of each parameter of its query, and does nothing', { timeout: 120_000 }, async () => {
    const before = await done();
    const wrong: string[] = [];
    for (const route of api.api.routes()) {
      const inQuery = operationOf(route).parameters?.filter((parameter) => parameter.in === 'query') ?? [];
      for (const name of ['anything', ...inQuery.map((parameter) => misspelt(parameter.name))]) {
        wrong.push(...(await wrongUnlessNamed(route, name, `?${name}=1`)));
      }
    }
    expect(wrong).toEqual([]);
    expect(await done()).toEqual(before);
  });

  it('that has no body takes no field of one', async () => {
    const bare = api.api
      .routes()
      .filter((route) => route.method !== 'GET' && operationOf(route).requestBody === undefined);
    const wrong = await Promise.all(bare.map((route) => wrongUnlessNamed(route, 'force', '', { force: true })));
    expect(bare.length).toBeGreaterThan(5);
    expect(wrong.flat()).toEqual([]);
  });

  it('names the field that was probably meant', async () => {
    const body = {
      target: { node: 'node' },
      command: ['true'],
      runaAs: 'nobody',
      strategy: { conccurency: 1 },
    };
    const answer = await api.call('POST', '/api/v1/tasks', { body });
    expect(answer.body.errors).toEqual([
      {
        field: 'runaAs',
        message: "is not known here; did you mean 'runAs'?",
        reason: 'misspelt-field',
        params: { nearest: 'runAs' },
      },
      expect.objectContaining({ field: 'strategy.conccurency', params: { nearest: 'concurrency' } }),
    ]);
    const policy = {
      mode: 'ticket',
      onTimout: 'refuse',
      steps: [{ approvers: [{ type: 'user', user: 'admin', roles: 'admin' }], neeed: 'all' }],
    };
    const set = await api.call('PUT', '/api/v1/policies/task.run', { body: policy });
    expect(set.body.errors.map(({ field }) => field)).toEqual([
      'onTimout',
      'steps.0.approvers.0.roles',
      'steps.0.neeed',
    ]);
  });
});

describe('signing in', () => {
  it('takes no unknown field either', async () => {
    const body = { username: 'admin', password: 'x', rememberMee: true };
    const answer = await api.call('POST', '/api/auth/sign-in/username', { body, token: null });
    expect([answer.status, answer.body.errors.map(({ field }) => field)]).toEqual([422, ['rememberMee']]);
  });
});
