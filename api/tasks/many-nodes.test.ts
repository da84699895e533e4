import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, startTestApi, type TestApi } from '#api/testing/test-api.ts';
import { workOff } from '#api/testing/ticket-people.ts';
import { nodesTold } from '#domain/tree/node.ts';
import { findRequestedOperations } from '#ledger/kernel/operations.ts';
import { advanceTask } from '#ledger/tasks/advance-task.ts';
import { applyTaskOperation } from '#ledger/tasks/task-operation.ts';

/** As many as one task may have. */
const hosts = 50_000;
/** Whatever is asked: no answer is longer, in characters. */
const longestAnswer = 200_000;

let api: TestApi;
let watcherToken = '';
const names = Array.from({ length: hosts }, (_, index) => `host-${index + 1}`);

beforeAll(async () => {
  api = await startTestApi();
  await api.call('POST', '/api/v1/nodes', { body: { path: 'wide' } });
  await addMachinesOnLeaves('wide');
  watcherToken = (await api.user('watcher', 'none')).token;
  await api.call('PUT', '/api/v1/nodes/wide.leaf-777/grants/watcher', { body: { role: 'viewer' } });
}, 120_000);
afterAll(() => api.remove());

/** A machine with an agent on each of as many leaves, all under one node. */
async function addMachinesOnLeaves(node: string): Promise<void> {
  await sql`
    with parent as (select id, path from node where name = ${node}),
      leaf as (
        insert into node (id, parent_id, name, name_key, path, is_leaf) overriding system value
        select fresh.id, parent.id, 'leaf-' || fresh.n, 'leaf-' || fresh.n, parent.path || fresh.id::text, true
        from parent, (select n, nextval(pg_get_serial_sequence('node', 'id')) as id
                      from generate_series(1, ${hosts}::int) as n) as fresh
        returning id, substr(name, 6) as n),
      one as (
        insert into machine (id, name, identity)
        select gen_random_uuid(), 'host-' || n, gen_random_uuid() from leaf returning id, name),
      enrolled as (
        insert into agent (id, machine_id, name, serial, public_key_sha256, certificate_expires_at)
        select gen_random_uuid(), id, name, name, name, ledger_now() + interval '1 year' from one)
    insert into node_machine (node_id, machine_id, bound_by)
    select leaf.id, one.id, 'a test' from leaf join one on one.name = 'host-' || leaf.n`.execute(api.db);
  await sql`analyze`.execute(api.db);
}

/** An answer that is good, and short. */
async function short(method: string, path: string, options: Parameters<TestApi['call']>[2] = {}): Promise<Answer> {
  const answer = await api.call(method, path, options);
  expect(answer.status, `${method} ${path}: ${answer.text.slice(0, 300)}`).toBeLessThan(300);
  expect(answer.text.length, `${method} ${path}`).toBeLessThan(longestAnswer);
  return answer;
}

const told: object = {
  nodes: expect.toSatisfy((nodes: string[]) => nodes.length === nodesTold) as unknown,
  nodeCount: hosts,
};

async function openedTask(options: { mode: 'direct' | 'ticket' }) {
  const steps = [{ approvers: [{ type: 'role', role: 'admin' }] }];
  const policy = { mode: options.mode, ...(options.mode === 'direct' ? {} : { steps }) };
  await short('PUT', '/api/v1/nodes/wide/policies/task.run', { body: policy });
  const answer = await short('POST', '/api/v1/tasks', { body: { target: { hosts: names }, command: ['true'] } });
  return answer.body;
}

describe('a task of 50,000 hosts on 50,000 leaves', { timeout: 120_000 }, () => {
  it('is told by its first nodes and their number, to people of one leaf too', async () => {
    const task = await openedTask({ mode: 'direct' });
    expect(task.counts).toMatchObject({ total: hosts });
    for (const token of [api.adminToken, watcherToken]) {
      expect((await short('GET', '/api/v1/tasks', { token })).body.items).toMatchObject([{ id: task.id, ...told }]);
      expect((await short('GET', `/api/v1/tasks/${task.id}`, { token })).body).toMatchObject(told);
      expect((await short('GET', `/api/v1/tasks/${task.id}/hosts?limit=500`, { token })).body.items).toHaveLength(500);
      await short('GET', `/api/v1/tasks/${task.id}/timeline`, { token });
    }
    await short('GET', '/api/v1/tasks?node=wide');
    await short('GET', '/api/v1/tasks?node=wide.leaf-777', { token: watcherToken });
    await short('POST', `/api/v1/tasks/${task.id}/pause`);
  });

  it('has a ticket that is told so too', async () => {
    // From here on statistics know one task that has every host, and none that was just written.
    await sql`analyze`.execute(api.db);
    const preview = await short('POST', '/api/v1/changes/preview', {
      body: { kind: 'task.run', task: { target: { node: 'wide' }, command: ['true'] } },
    });
    expect(preview.body).toMatchObject({ hosts });
    const task = await openedTask({ mode: 'ticket' });
    const { ticketId } = task as unknown as { ticketId: string };
    for (const token of [api.adminToken, watcherToken]) {
      for (const scope of ['visible', 'to-decide']) await short('GET', `/api/v1/tickets?scope=${scope}`, { token });
      expect((await short('GET', `/api/v1/tickets/${ticketId}`, { token })).body).toMatchObject(told);
      await short('GET', `/api/v1/tickets/${ticketId}/diff`, { token });
      await short('GET', `/api/v1/tickets/${ticketId}/timeline`, { token });
    }
    await short('POST', `/api/v1/tickets/${ticketId}/comment`, { body: { message: 'so many' } });
  });

  it('is let go by its ticket, and run again as a whole', async () => {
    const { body } = await short('GET', '/api/v1/tickets?scope=visible');
    const { id: ticketId, taskId, contentHash } = body.items[0] as unknown as Record<string, string>;
    const second = await api.user('second', 'admin');
    await short('POST', `/api/v1/tickets/${ticketId}/approve`, { token: second.token, body: { contentHash } });
    await workOff(api);
    await advanceTask(api.db, { taskId: taskId ?? '', step: 1, leaseMs: 60_000 });
    await sql`update host_run set state = 'failed', code = 1 where task_id = ${taskId}::uuid`.execute(api.db);
    expect((await short('GET', `/api/v1/tasks/${taskId}`)).body).toMatchObject({ counts: { failed: hosts } });
    await short('POST', `/api/v1/tasks/${taskId}/retry-failed`);
    const asked = await findRequestedOperations(api.db, 'task', -60_000, 10);
    const operation = asked.find(({ subjectId }) => subjectId === taskId);
    await applyTaskOperation(api.db, { taskId: operation?.subjectId ?? '', operationId: operation?.id ?? '' });
    expect((await short('GET', `/api/v1/tasks/${taskId}`)).body).toMatchObject({
      counts: { total: hosts, pending: hosts, failed: 0 },
    });
  });

  it('leaves rows in the audit that are told so, and in full when asked for', async () => {
    const { body } = await short('GET', '/api/v1/audit?action=task.run');
    const [row] = body.items;
    expect(row).toMatchObject(told);
    const page = await short('GET', `/api/v1/audit/${row?.id}/nodes?limit=500`);
    expect(page.body.items).toHaveLength(500);
    const below = await short('GET', '/api/v1/audit?node=wide.leaf-777');
    expect(below.body.items.length).toBeGreaterThan(1);
    expect((await short('GET', '/api/v1/audit/verification')).body).toMatchObject({ intact: true });
  });
});
