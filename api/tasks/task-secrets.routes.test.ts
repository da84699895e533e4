import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Person, personOf, workOff } from '#api/testing/ticket-people.ts';
import { startTestApi, type TestApi } from '#api/testing/test-api.ts';
import { advanceTask } from '#ledger/tasks/advance-task.ts';
import { applyTaskOperation } from '#ledger/tasks/task-operation.ts';
import { findRequestedOperations } from '#ledger/kernel/operations.ts';

const value = 'canary-91c7e2a4';
let api: TestApi;
let owner: Person;
let viewer: Person;
let ticketed: Person;
const ids = new Map<string, string>();

beforeAll(async () => {
  api = await startTestApi();
  for (const path of ['ours', 'theirs', 'asked']) await api.call('POST', '/api/v1/nodes', { body: { path } });
  await api.machine('our-host', { nodes: ['ours'] });
  await api.machine('asked-host', { nodes: ['asked'] });
  const user = async (name: string) => personOf(api, await api.user(name, 'none'));
  [owner, viewer, ticketed] = [await user('owner'), await user('viewer'), await user('ticketed')];
  for (const [node, name, role] of [
    ['ours', 'owner', 'ops-owner'],
    ['ours', 'viewer', 'viewer'],
    ['theirs', 'owner', 'viewer'],
    ['asked', 'ticketed', 'ops-owner'],
  ])
    await api.call('PUT', `/api/v1/nodes/${node}/grants/${name}`, { body: { role } });
  const policy = { mode: 'ticket', steps: [{ approvers: [{ type: 'role', role: 'admin' }] }] };
  const set = await api.call('PUT', '/api/v1/nodes/asked/policies/task.run', { body: policy });
  expect(set.status, set.text).toBeLessThan(300);
  for (const [name, node] of [
    ['ours', 'ours'],
    ['theirs', 'theirs'],
    ['asked', 'asked'],
    ['of-all', undefined],
    ['01890000-0000-7000-8000-000000000000', 'ours'],
  ] as const) {
    const kept = await api.call('POST', '/api/v1/secrets', { body: { name, node, value } });
    expect(kept.status, kept.text).toBe(201);
    ids.set(name, kept.body.id);
  }
});
afterAll(() => api.remove());

const rotate = (name: string) =>
  api.call('POST', `/api/v1/secrets/${ids.get(name)}/versions`, { body: { value: `${value}-more` } });
const destroy = (name: string, version: number) =>
  api.call('DELETE', `/api/v1/secrets/${ids.get(name)}/versions/${version}`);
const run = (who: Person, secret: object, host = 'our-host') =>
  who.post('/api/v1/tasks', { command: ['true'], target: { hosts: [host] }, env: { A: 'text', PASSWORD: secret } });
const envOf = async (id: string) =>
  ((await api.call('GET', `/api/v1/tasks/${id}`)).body as unknown as { payload: { env: unknown } }).payload.env;
const fault = ({ status, body }: Awaited<ReturnType<typeof run>>) => {
  const [error] = body.errors as readonly { field: string; message?: string; reason?: string }[];
  return [status, error?.field, error?.reason];
};

describe('a secret in the environment of a task', () => {
  it('becomes its id and the version that is the latest now, and stays that one', async () => {
    const first = await run(owner, { secret: 'ours' });
    expect(first.status, first.text).toBe(201);
    const pinned = { A: 'text', PASSWORD: { secret: 'ours', id: ids.get('ours'), version: 1 } };
    expect(await envOf(first.body.id)).toEqual(pinned);
    expect((await rotate('ours')).status).toBe(201);
    expect(await envOf(first.body.id)).toEqual(pinned);
    const latest = await run(owner, { secret: ids.get('ours'), version: 'latest' });
    expect(await envOf(latest.body.id)).toMatchObject({ PASSWORD: { secret: 'ours', version: 2 } });
    const again = await run(owner, pinned.PASSWORD);
    expect(await envOf(again.body.id)).toEqual(pinned);
    const audited = await api.call('GET', `/api/v1/audit?target=${first.body.id}`);
    const [line] = audited.body.items as unknown as { details: { payload: object } }[];
    expect(line?.details.payload).toMatchObject({ env: ['A', 'PASSWORD'], secrets: { PASSWORD: pinned.PASSWORD } });
    for (const table of ['task', 'audit', 'event', 'change'] as const) {
      expect(JSON.stringify(await api.db.selectFrom(table).selectAll().execute())).not.toContain(value);
    }
  });

  it('is refused where it is not there, is gone, or is not for whoever asks', async () => {
    const before = (await api.db.selectFrom('task').select('id').execute()).length;
    expect(fault(await run(owner, { secret: 'nothing' }))).toEqual([422, 'env.PASSWORD', 'no-such-secret-named']);
    expect(fault(await run(owner, { secret: 'asked' }))).toEqual([422, 'env.PASSWORD', 'no-such-secret-named']);
    expect(fault(await run(owner, { secret: 'ours', version: 9 }))).toEqual([
      422,
      'env.PASSWORD',
      'no-such-secret-version',
    ]);
    // They see it, and may not use it; of the whole platform it is for those whose role is.
    expect(fault(await run(owner, { secret: 'theirs' }))).toEqual([403, 'env.PASSWORD', 'may-not-use-secret']);
    expect(fault(await run(owner, { secret: 'of-all' }))).toEqual([422, 'env.PASSWORD', 'no-such-secret-named']);
    expect((await run(viewer, { secret: 'ours' })).status).toBe(403);
    // A name that looks like an id stands for nothing.
    const idLike = '01890000-0000-7000-8000-000000000000';
    expect(fault(await run(owner, { secret: idLike }))).toEqual([422, 'env.PASSWORD', 'no-such-secret-named']);
    // Another secret got the name: what was pinned is not there any more.
    const other = { secret: 'ours', id: '01890000-0000-7000-8000-000000000001', version: 1 };
    expect(fault(await run(owner, other))).toEqual([422, 'env.PASSWORD', 'no-such-secret-named']);
    expect((await run(owner, { secret: 'ours', value: 'x' })).status).toBe(422);
    const many = Object.fromEntries(Array.from({ length: 17 }, (_, n) => [`S${n}`, { secret: 'ours' }]));
    const task = { command: ['true'], target: { hosts: ['our-host'] }, env: many };
    expect((await owner.post('/api/v1/tasks', task)).body.errors.map(({ field }) => field)).toEqual(['env']);
    expect((await api.db.selectFrom('task').select('id').execute()).length).toBe(before);
  });

  it('is looked up for a preview by the same rules', async () => {
    const preview = (secret: object) =>
      owner.post('/api/v1/changes/preview', {
        kind: 'task.run',
        task: { command: ['true'], target: { hosts: ['our-host'] }, env: { PASSWORD: secret } },
      });
    const seen = await preview({ secret: 'theirs' });
    expect([seen.status, seen.body.errors?.[0]?.field]).toEqual([403, expect.stringMatching(/env\.PASSWORD$/)]);
    expect((await preview({ secret: 'ours' })).status).toBe(200);
  });
});

describe('a secret in a ticket', () => {
  const ask = async (secret: object) => {
    const answer = await run(ticketed, secret, 'asked-host');
    expect(answer.status, answer.text).toBe(202);
    return { ticket: String(answer.body.ticketId), task: answer.body.id };
  };
  const approve = async (ticket: string) => {
    const { contentHash } = (await api.call('GET', `/api/v1/tickets/${ticket}`)).body as unknown as {
      contentHash: string;
    };
    const answer = await api.call('POST', `/api/v1/tickets/${ticket}/approve`, { body: { contentHash } });
    expect(answer.status, answer.text).toBe(202);
    await workOff(api);
    return (await api.call('GET', `/api/v1/tickets/${ticket}`)).body;
  };

  it('is shown by name and version, is part of the hash, and is let go in that version', async () => {
    const { ticket, task } = await ask({ secret: 'asked' });
    const seen = await ticketed.get(`/api/v1/tickets/${ticket}`);
    const reference = { secret: 'asked', id: ids.get('asked'), version: 1 };
    expect(seen.body.content.payload).toMatchObject({ env: { A: 'text', PASSWORD: reference } });
    const { text: diff } = await ticketed.get(`/api/v1/tickets/${ticket}/diff`);
    expect(diff).toContain('\\"version\\": 1');
    expect(seen.text + diff).not.toContain(value);
    await rotate('asked');
    const change = { task: { command: ['true'], target: { hosts: ['asked-host'] }, env: { PASSWORD: reference } } };
    await ticketed.does('resubmit', ticket, change);
    await workOff(api);
    const pinned = await ticketed.get(`/api/v1/tickets/${ticket}`);
    expect(pinned.body).toMatchObject({ version: 2, content: { payload: { env: { PASSWORD: reference } } } });
    change.task.env.PASSWORD = { ...reference, version: 2 };
    await ticketed.does('resubmit', ticket, change);
    await workOff(api);
    const newer = await ticketed.get(`/api/v1/tickets/${ticket}`);
    expect(newer.body.contentHash).not.toBe(pinned.body.contentHash);
    expect((await approve(ticket)).state).toBe('applying');
    expect(await envOf(task)).toEqual({ PASSWORD: { ...reference, version: 2 } });
  });

  it('ends the ticket where its version is gone when it would be let go, and says so', async () => {
    const { ticket, task } = await ask({ secret: 'asked' });
    await rotate('asked');
    const [{ version } = { version: 0 }] = await api.db
      .selectFrom('secret')
      .select('latest_version as version')
      .where('name', '=', 'asked')
      .execute();
    expect((await destroy('asked', version - 1)).status).toBe(200);
    expect(await approve(ticket)).toMatchObject({ state: 'failed', reason: 'no-such-secret-version' });
    expect((await api.call('GET', `/api/v1/tasks/${task}`)).body.state).toBe('refused');
  });

  it('ends the ticket where whoever asked may not use it any more', async () => {
    const { ticket, task } = await ask({ secret: 'asked' });
    await api.call('DELETE', '/api/v1/nodes/asked/grants/ticketed');
    expect(await approve(ticket)).toMatchObject({ state: 'failed', reason: 'secret-not-for-requester' });
    expect((await api.call('GET', `/api/v1/tasks/${task}`)).body.state).toBe('refused');
    await api.call('PUT', '/api/v1/nodes/asked/grants/ticketed', { body: { role: 'ops-owner' } });
  });
});

describe('a secret in a task that runs again', () => {
  it('keeps its version', async () => {
    const { body } = await run(owner, { secret: 'ours' });
    const env = await envOf(body.id);
    await advanceTask(api.db, { taskId: body.id, step: 1, leaseMs: 60_000 });
    await api.db.updateTable('host_run').set({ state: 'failed' }).where('task_id', '=', body.id).execute();
    await advanceTask(api.db, { taskId: body.id, step: 2, leaseMs: 60_000 });
    await rotate('ours');
    const retried = await owner.post(`/api/v1/tasks/${body.id}/retry-failed`, {});
    expect(retried.status, retried.text).toBeLessThan(300);
    for (const { id, subjectId: taskId } of await findRequestedOperations(api.db, 'task', -60_000, 10))
      await applyTaskOperation(api.db, { taskId, operationId: id });
    const runs = await api.db.selectFrom('host_run').select('attempt').where('task_id', '=', body.id).execute();
    expect(runs.map(({ attempt }) => attempt).sort()).toEqual([1, 2]);
    expect(await envOf(body.id)).toEqual(env);
  });
});
