import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, startTestApi, type TestApi } from '#api/testing/test-api.ts';

let api: TestApi;
let ownerToken = '';
beforeAll(async () => {
  api = await startTestApi();
  for (const path of ['ours', 'theirs', 'empty']) await api.call('POST', '/api/v1/nodes', { body: { path } });
  for (const name of ['b-host', 'a-host', 'c-host']) {
    await api.machine(name, { address: `10.0.0.${name.charCodeAt(0)}`, nodes: ['ours'] });
  }
  await api.machine('d-host', { address: '10.9.9.9', nodes: ['theirs'] });
  await api.machine('e-host', { address: '10.9.9.9' });
  await api.machine('silent', { nodes: ['ours'], agent: false });
  ownerToken = (await api.user('owner', 'none')).token;
  await api.call('PUT', '/api/v1/nodes/ours/grants/owner', { body: { role: 'ops-owner' } });
});
afterAll(() => api.remove());

const submit = (body: object, more: { token?: string; key?: string } = {}) =>
  api.call('POST', '/api/v1/tasks', {
    body: { command: ['true'], ...body },
    ...(more.token === undefined ? {} : { token: more.token }),
    headers: more.key === undefined ? {} : { 'idempotency-key': more.key },
  });
const hostsOf = async (id: string) =>
  (await api.call('GET', `/api/v1/tasks/${id}/hosts`)).body.items.map(
    (run: { host: string; state: string }) => `${run.host} ${run.state}`,
  );
const countTasks = async () => (await api.db.selectFrom('task').select('id').execute()).length;
const fields = (answer: Answer) => answer.body.errors.map((error) => error.field);

describe('submitting a task', () => {
  it('takes the machines of a node by name, Temporal or not', async () => {
    const started = performance.now();
    const answer = await submit({ target: { node: 'ours' }, timeout: '30s' });
    expect(performance.now() - started).toBeLessThan(1_500);
    expect(answer).toMatchObject({ status: 201, body: { state: 'submitted', title: 'true', ticketId: null } });
    expect(answer.body.counts).toMatchObject({ total: 4, pending: 3, failed: 1 });
    expect(answer.headers.get('location')).toBe(`/api/v1/tasks/${answer.body.id}`);
    expect(await hostsOf(answer.body.id)).toEqual(['a-host ready', 'b-host ready', 'c-host ready', 'silent failed']);
    const detail = await api.call('GET', `/api/v1/tasks/${answer.body.id}`);
    expect(detail.body).toMatchObject({
      payload: { command: ['true'], timeoutMs: 30_000 },
      strategy: { onError: 'continue' },
      nodes: ['ours'],
      workflowId: `task/${answer.body.id}`,
    });
    const allowed = Object.fromEntries(detail.body.actions.map((it) => [it.name, it.reason]));
    expect(allowed).toEqual({ pause: null, continue: 'not-paused', kill: null, 'retry-failed': null });
  });

  it('takes hosts as they are named, in that order, each once; an unknown one fails by itself', async () => {
    const answer = await submit({ target: { hosts: ['c-host', 'A-HOST', 'nobody', '10.0.0.97', 'c-host', 'nobody'] } });
    expect(answer.status).toBe(201);
    expect(await hostsOf(answer.body.id)).toEqual(['c-host ready', 'a-host ready', 'nobody failed']);
    const { body } = await api.call('GET', `/api/v1/tasks/${answer.body.id}/hosts?group=failed`);
    expect(body.items).toMatchObject([{ host: 'nobody', code: 203, reason: 'host-unknown', detail: 'No such host' }]);
  });

  it('refuses words that name no host, each by itself, as binding machines does', async () => {
    const odd = [';', 'port=22', '[web]'];
    const answer = await submit({ target: { hosts: ['a-host', ...odd] } });
    expect(answer).toMatchObject({
      status: 422,
      body: { errors: odd.map((host) => ({ reason: 'not-a-host', params: { host } })) },
    });
    expect(fields(answer)).toEqual(['target.hosts.1', 'target.hosts.2', 'target.hosts.3']);
    const bind = await api.call('POST', '/api/v1/nodes/ours/bind', { body: { machines: ['a-host', ';'] } });
    expect(bind).toMatchObject({ status: 422, body: { errors: [{ field: 'machines.1', reason: 'not-a-host' }] } });
  });

  it('refuses bad input by name of the field and creates nothing', async () => {
    const before = await countTasks();
    const cases: [object, string[]][] = [
      [{ target: { hosts: ['nobody', 'nobody-else'] } }, ['target.hosts']],
      [{ target: { hosts: [] } }, ['target.hosts']],
      [{ target: { node: 'empty' } }, ['target.node']],
      [{ target: {} }, ['target.node']],
      [{ target: { node: 'ours', hosts: ['a-host'] } }, ['target.node']],
      [{ target: { hosts: ['10.9.9.9'] } }, ['target.hosts.0']],
      [{ target: { node: 'ours' }, timeout: '30' }, ['timeout']],
      [{ target: { node: 'ours' }, timeout: '8d' }, ['timeout']],
      [{ target: { node: 'ours' }, strategy: { concurrency: 0 } }, ['strategy.concurrency']],
      [{ target: { node: 'ours' }, strategy: { onError: '0%' } }, ['strategy.onError']],
      [{ target: { node: 'ours' }, command: undefined }, ['script']],
      [{ target: { node: 'ours' }, command: undefined, script: 'x'.repeat(256 * 1024 + 1) }, ['script']],
      [{ target: { node: 'ours' }, command: undefined, script: 'echo', interpreter: 'basic' }, ['interpreter']],
      [{ target: { node: 'ours' }, runAs: 'no such user!' }, ['runAs']],
      [{ target: { node: 'ours' }, command: ['a\0b'] }, ['command.0']],
    ];
    for (const [body, expected] of cases) {
      const answer = await submit(body);
      expect(answer, JSON.stringify(body).slice(0, 200)).toMatchObject({
        status: 422,
        body: { code: 'invalid-input' },
      });
      expect(fields(answer)).toEqual(expected);
    }
    expect(await countTasks()).toBe(before);
  });

  it('asks for the right to run on every host', async () => {
    const before = await countTasks();
    const mixed = await submit({ target: { hosts: ['a-host', 'd-host', 'e-host'] } }, { token: ownerToken });
    expect(mixed).toMatchObject({ status: 403, body: { code: 'forbidden' } });
    expect(fields(mixed)).toEqual(['target.hosts.1', 'target.hosts.2']);
    expect(await submit({ target: { node: 'theirs' } }, { token: ownerToken })).toMatchObject({ status: 404 });
    const viewer = await api.user('onlooker', 'viewer');
    expect(await submit({ target: { node: 'ours' } }, { token: viewer.token })).toMatchObject({ status: 403 });
    expect(await countTasks()).toBe(before);
    expect(await submit({ target: { hosts: ['a-host'] } }, { token: ownerToken })).toMatchObject({ status: 201 });
  });

  it('happens once per Idempotency-Key', async () => {
    const before = await countTasks();
    const body = { target: { hosts: ['a-host'] } };
    const answers = await Promise.all(Array.from({ length: 5 }, () => submit(body, { key: 'once' })));
    expect(new Set(answers.map((answer) => `${answer.status} ${answer.body.id}`)).size).toBe(1);
    expect(await countTasks()).toBe(before + 1);
    const other = await submit({ target: { hosts: ['b-host'] } }, { key: 'once' });
    expect(other).toMatchObject({ status: 422, body: { code: 'idempotency-key-reused' } });
    expect(await submit(body, { key: 'once', token: ownerToken })).toMatchObject({ status: 201 });
    expect(await countTasks()).toBe(before + 2);
  });

  it('compares what was sent with a key, not what the contract makes of it', async () => {
    const body = { target: { hosts: ['a-host'] }, strategy: { concurrency: 1 } };
    const sent = await submit(body, { key: 'as-sent' });
    const turned = { strategy: { concurrency: 1 }, target: { hosts: ['a-host'] } };
    expect((await submit(turned, { key: 'as-sent' })).body.id).toBe(sent.body.id);
    for (const other of [
      { ...body, args: [] },
      { ...body, strategy: { concurrency: 1, onError: 'stop' } },
      { ...body, target: { hosts: ['a-host '] } },
    ]) {
      const answer = await submit(other, { key: 'as-sent' });
      expect(answer, JSON.stringify(other)).toMatchObject({ status: 422, body: { code: 'idempotency-key-reused' } });
    }
  });

  it('keeps marks of scripts and commands in the audit, never their text', async () => {
    const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
    const payloadOf = async (body: Record<string, unknown>) => {
      const { id } = (await submit({ target: { hosts: ['a-host'] }, ...body })).body;
      const { items } = (await api.call('GET', `/api/v1/audit?target=${id}`)).body;
      expect(JSON.stringify(items)).not.toContain('canary');
      return (items[0] as { details?: { payload?: unknown } } | undefined)?.details?.payload;
    };
    const script = 'echo ü script-canary';
    expect(await payloadOf({ command: undefined, script, args: ['args-canary'] })).toMatchObject({
      script: { bytes: 21, sha256: sha256(script) },
      args: { bytes: 12, sha256: sha256('args-canary\0') },
    });
    expect(await payloadOf({ command: ['echo', 'command-canary'] })).toMatchObject({
      command: { bytes: 20, sha256: sha256('echo\0command-canary\0') },
    });
  });

  it('writes who ran what into the audit, without the values of the environment', async () => {
    const { body } = await submit({ target: { hosts: ['a-host'] }, env: { PASSWORD: 'hunter2-canary' } });
    const audit = await api.call('GET', `/api/v1/audit?target=${body.id}`);
    expect(audit.body.items).toMatchObject([
      { action: 'task.run', actorName: 'admin', nodes: ['ours'], details: { hosts: 1 } },
    ]);
    expect(JSON.stringify(audit.body)).not.toContain('hunter2-canary');
    expect(JSON.stringify(audit.body)).toContain('PASSWORD');
  });
});

describe('seeing tasks', () => {
  it('is for whoever asked for them, sees a node of theirs, or sees everything', async () => {
    const own = (await submit({ target: { hosts: ['a-host'] } }, { token: ownerToken })).body.id;
    const foreign = (await submit({ target: { hosts: ['d-host'] } })).body.id;
    const list = async (token: string) =>
      (await api.call('GET', '/api/v1/tasks?limit=500', { token })).body.items.map((task: { id: string }) => task.id);
    expect(await list(ownerToken)).toContain(own);
    expect(await list(ownerToken)).not.toContain(foreign);
    const { token } = await api.user('norman', 'none');
    expect(await list(token)).toEqual([]);
    for (const rest of ['', '/hosts', '/timeline', '/output?host=d-host', `/operations/${crypto.randomUUID()}`]) {
      expect(await api.call('GET', `/api/v1/tasks/${foreign}${rest}`, { token: ownerToken }), rest).toMatchObject({
        status: 404,
      });
    }
    const mine = await api.call('GET', '/api/v1/tasks?requester=me&state=submitted&limit=1', { token: ownerToken });
    expect(mine.body.items).toMatchObject([{ id: own, requester: 'owner' }]);
    expect(mine.body.next).not.toBeNull();
    const next = await api.call('GET', `/api/v1/tasks?requester=me&limit=1&cursor=${mine.body.next}`, {
      token: ownerToken,
    });
    expect(String(next.body.items[0]?.id) < own).toBe(true);
    expect((await api.call('GET', '/api/v1/tasks?node=theirs')).body.items).toMatchObject([{ id: foreign }]);
  });

  it('pages hosts, and gives output byte for byte', async () => {
    const { id } = (await submit({ target: { hosts: ['a-host', 'b-host', 'c-host'] } })).body;
    const first = await api.call('GET', `/api/v1/tasks/${id}/hosts?limit=2`);
    expect(first.body.items).toHaveLength(2);
    const second = await api.call('GET', `/api/v1/tasks/${id}/hosts?limit=2&cursor=${first.body.next}`);
    expect(second.body).toMatchObject({ items: [{ host: 'c-host', attempt: 1, state: 'ready' }], next: null });
    expect((await api.call('GET', `/api/v1/tasks/${id}/hosts?q=10.0.0.98`)).body.items).toMatchObject([
      { host: 'b-host' },
    ]);

    const bytes = Buffer.from([0xff, 0x00, 0x0a, 0xc3]);
    await api.db
      .insertInto('host_output')
      .values({
        host_run_id: String(first.body.items[0]?.id),
        stream: 'stderr',
        head: bytes,
        tail: Buffer.from('end'),
        total_bytes: '1007',
      })
      .execute();
    const raw = await fetch(`${api.url}/api/v1/tasks/${id}/output?host=a-host&stream=stderr`, {
      headers: { authorization: `Bearer ${api.adminToken}` },
    });
    expect(raw.headers.get('content-type')).toBe('application/octet-stream');
    expect([raw.headers.get('x-total-bytes'), raw.headers.get('x-truncated')]).toEqual(['1007', 'true']);
    const body = Buffer.from(await raw.arrayBuffer());
    expect(body.subarray(0, 4)).toEqual(bytes);
    expect(body.toString()).toMatch(/1000 bytes were cut here …\]\nend$/);
    const none = await api.call('GET', `/api/v1/tasks/${id}/output?host=a-host`);
    expect([none.status, none.headers.get('x-total-bytes')]).toEqual([200, '0']);
    expect(await api.call('GET', `/api/v1/tasks/${id}/output?host=zzz`)).toMatchObject({ status: 404 });
    expect((await api.call('GET', `/api/v1/tasks/${id}/timeline`)).body.items).toMatchObject([
      { kind: 'submitted', actor: 'admin' },
    ]);
  });
});

describe('operations while Temporal is away', () => {
  it('are written down and can be looked at', async () => {
    const { id } = (await submit({ target: { hosts: ['a-host'] } })).body;
    const pause = await api.call('POST', `/api/v1/tasks/${id}/pause`, { headers: { 'idempotency-key': 'p1' } });
    expect(pause).toMatchObject({
      status: 202,
      body: { action: 'pause', state: 'requested', taskState: 'submitted', actor: 'admin' },
    });
    const again = await api.call('POST', `/api/v1/tasks/${id}/pause`, { headers: { 'idempotency-key': 'p1' } });
    expect(again.body.id).toBe(pause.body.id);
    expect(await api.call('GET', `/api/v1/tasks/${id}/operations/${pause.body.id}`)).toMatchObject({
      status: 200,
      body: { state: 'requested' },
    });
    const { body } = await api.call('GET', `/api/v1/audit?target=${id}&action=task.pause`);
    expect(body.items).toHaveLength(1);
  });

  it('are refused at once where the ledger knows better', async () => {
    const { id } = (await submit({ target: { hosts: ['a-host'] } })).body;
    expect(await api.call('POST', `/api/v1/tasks/${id}/continue`)).toMatchObject({
      status: 409,
      body: { code: 'not-in-this-state', reason: 'not-paused', taskState: 'submitted' },
    });
    await api.db.updateTable('task').set({ state: 'succeeded' }).where('id', '=', id).execute();
    for (const action of ['pause', 'continue', 'kill']) {
      expect(await api.call('POST', `/api/v1/tasks/${id}/${action}`)).toMatchObject({
        status: 409,
        body: { reason: 'task-ended' },
      });
    }
    await api.db.updateTable('task').set({ state: 'killing' }).where('id', '=', id).execute();
    expect(await api.call('POST', `/api/v1/tasks/${id}/kill`)).toMatchObject({
      status: 409,
      body: { reason: 'kill-already-requested' },
    });
    expect(await api.db.selectFrom('operation').select('id').where('subject_id', '=', id).execute()).toEqual([]);
  });
});

describe('an address', () => {
  it('stays ambiguous, also where one of its hosts is called so', async () => {
    await api.machine('10.9.9.8', { address: '10.9.9.7' });
    await api.machine('f-host', { address: '10.9.9.8' });
    expect(await submit({ target: { hosts: ['10.9.9.8'] } })).toMatchObject({
      status: 422,
      body: { errors: [{ field: 'target.hosts.0', reason: 'ambiguous-host', params: { count: 2 } }] },
    });
    await api.machine('g-host', { address: '2001:db8::7' });
    const six = await submit({ target: { hosts: ['2001:DB8:0::0007'] } });
    expect(await hostsOf(six.body.id)).toEqual(['g-host ready']);

    const both = (await submit({ target: { hosts: ['d-host', 'e-host'] } })).body.id;
    const output = (host: string) => api.call('GET', `/api/v1/tasks/${both}/output?host=${host}`);
    expect(await output('10.9.9.9')).toMatchObject({
      status: 422,
      body: { errors: [{ field: 'host', reason: 'ambiguous-host', params: { count: 2 } }] },
    });
    expect(await output('D-Host')).toMatchObject({ status: 200 });
  });
});
