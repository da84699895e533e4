import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RegisteredRoute } from '#api/kernel/http/register.ts';
import type { TicketDetail } from '#api/tickets/tickets.contract.ts';
import { type Answer, startTestApi, type TestApi } from '#api/testing/test-api.ts';
import { findRequestedOperations } from '#ledger/kernel/operations.ts';
import { applyTaskOperation } from '#ledger/tasks/task-operation.ts';
import { applyTicketOperation } from '#ledger/tickets/apply-operation.ts';
import { kindsOn } from '#ledger/rooms.ts';
import type { PolicyMode } from '#domain/changes/policy.ts';
import { type Action, actions } from '#domain/names.ts';

/** Rights whose mutations start nothing on a host, and why. Those of every other right are walked, also of a new one. */
const startNothing: Readonly<Partial<Record<Action, string>>> = {
  'tree.edit': 'nodes alone',
  'tree.bind': 'a task has frozen its hosts',
  'tree.grant': 'who may; what is let go was judged before',
  'policy.edit': 'what is let go is judged anew, never started by it',
  'agent.manage': 'who may connect',
  'user.manage': 'people and their tokens',
  'webhook.manage': 'where announcements go',
  'script.edit': 'a task holds its own copy',
  'secret.rotate-key': 'the same values under another key',
  'secret.edit': 'a task names a version, which its approval is bound to',
};
const nameOf = (route: RegisteredRoute) => `${route.method} ${route.path}`;
const rightOf = ({ method, rule }: RegisteredRoute) =>
  method !== 'GET' && typeof rule === 'object' ? rule.action : undefined;
const canStart = (route: RegisteredRoute) => {
  const right = rightOf(route);
  return right !== undefined && startNothing[right] === undefined;
};

/** A way of naming a host that policy protects; `policy`: where it is set (undefined: the whole tree). */
interface Way {
  readonly name: string;
  readonly policy: string | undefined;
  readonly target: { readonly node?: string; readonly hosts?: readonly string[] };
}

let api: TestApi;
const ways: Way[] = [];
beforeAll(async () => {
  api = await startTestApi();
  for (const path of ['top.guarded', 'open']) await api.call('POST', '/api/v1/nodes', { body: { path } });
  const inside = await api.machine('inside', { address: '10.1.0.1', nodes: ['top.guarded'] });
  await api.machine('both', { address: '10.1.0.2', nodes: ['top.guarded', 'open'] });
  await api.machine('loose', { address: '10.1.0.3' });
  await api.machine('free', { nodes: ['open'] });
  await sql`update agent set name = 'inside-agent' where id = ${inside.agentId}::uuid`.execute(api.db);
  await api.user('approver', 'ops');
  const guarded = 'top.guarded';
  ways.push(
    { name: 'its node', policy: guarded, target: { node: guarded } },
    { name: 'a node above', policy: guarded, target: { node: 'top' } },
    { name: 'a node whose policy is inherited', policy: 'top', target: { node: guarded } },
    { name: 'another node that it is bound to', policy: guarded, target: { node: 'open' } },
    { name: 'its name', policy: guarded, target: { hosts: ['inside'] } },
    { name: 'its name in capitals', policy: guarded, target: { hosts: ['INSIDE'] } },
    { name: 'the name of its agent', policy: guarded, target: { hosts: ['inside-agent'] } },
    { name: 'its address', policy: guarded, target: { hosts: ['10.1.0.1'] } },
    { name: 'its id', policy: guarded, target: { hosts: [inside.machineId] } },
    { name: 'its name, bound to two nodes', policy: guarded, target: { hosts: ['both'] } },
    { name: 'its address, bound to two nodes', policy: guarded, target: { hosts: ['10.1.0.2'] } },
    { name: 'its name among others', policy: guarded, target: { hosts: ['free', 'nobody', 'inside'] } },
    { name: 'its name, bound nowhere', policy: undefined, target: { hosts: ['loose'] } },
    { name: 'its address, bound nowhere', policy: undefined, target: { hosts: ['10.1.0.3', 'nobody'] } },
  );
});
afterAll(() => api.remove());

const policyPath = (way: Way) =>
  way.policy === undefined ? '/api/v1/policies/task.run' : `/api/v1/nodes/${way.policy}/policies/task.run`;

/** Sets the policy that protects the host of a way; `direct`: none at all. */
async function protect(way: Way, mode: PolicyMode): Promise<void> {
  await api.db.deleteFrom('change_policy').execute();
  if (mode === 'direct') return;
  const steps = mode === 'ticket' ? { steps: [{ approvers: [{ type: 'user', user: 'approver' }] }] } : {};
  const { status, text } = await api.call('PUT', policyPath(way), { body: { mode, ...steps } });
  expect(status, text).toBe(200);
}

const taskBody = (way: Way) => ({ target: way.target, command: ['true'] });

/** A task on the host that was let go before there was a policy, in a state. */
async function olderTask(way: Way, state: 'running' | 'paused' | 'failed'): Promise<string> {
  await protect(way, 'direct');
  const { body, text } = await api.call('POST', '/api/v1/tasks', { body: taskBody(way) });
  expect(body.id, text).toBeDefined();
  await api.db.updateTable('task').set({ state }).where('id', '=', body.id).execute();
  if (state === 'failed')
    await api.db.updateTable('host_run').set({ state: 'failed' }).where('task_id', '=', body.id).execute();
  return body.id;
}

/** A ticket that waits for its approval. */
async function openTicket(way: Way): Promise<string> {
  await protect(way, 'ticket');
  const { body, text } = await api.call('POST', '/api/v1/tasks', { body: taskBody(way) });
  expect(body, text).toMatchObject({ state: 'awaiting-approval' });
  return String((body as unknown as { ticketId: string }).ticketId);
}

/** A call of a route on the host of a way; `prepare` gives what must be there before the policy is set. */
interface Door {
  readonly prepare?: (way: Way) => Promise<string>;
  readonly body?: (way: Way, id: string) => unknown;
  /** Expected under each policy. */
  readonly answers: Record<PolicyMode, number>;
  /** Names no host by itself: walked once. (What is taken down without Temporal takes a second.) */
  readonly namesNoHost?: boolean;
}

const ticketDoor = (answers: Record<PolicyMode, number>, body: Door['body'] = () => ({ message: 'well' })): Door => ({
  prepare: openTicket,
  body,
  answers,
  namesNoHost: true,
});
/** On the content that the ticket has. */
const decision = async (_: Way, id: string) => {
  const { body } = await api.call('GET', `/api/v1/tickets/${id}`);
  return { message: 'well', contentHash: (body as unknown as TicketDetail).contentHash };
};
// Nothing of Temporal is there: what is taken down is answered with 202.
const written = { direct: 202, ticket: 202, forbidden: 202 };
const denied = { direct: 403, ticket: 403, forbidden: 403 };

const doors: Record<string, Door> = {
  'POST /api/v1/tasks': { body: taskBody, answers: { direct: 201, ticket: 202, forbidden: 403 } },
  'POST /api/v1/tickets': {
    body: (way) => ({ kind: 'task.run', task: taskBody(way) }),
    answers: { direct: 201, ticket: 202, forbidden: 403 },
  },
  'POST /api/v1/changes/preview': {
    body: (way) => ({ kind: 'task.run', task: taskBody(way) }),
    answers: { direct: 200, ticket: 200, forbidden: 200 },
  },
  'POST /api/v1/tasks/{id}/pause': { prepare: (way) => olderTask(way, 'running'), answers: written, namesNoHost: true },
  'POST /api/v1/tasks/{id}/kill': { prepare: (way) => olderTask(way, 'running'), answers: written, namesNoHost: true },
  'POST /api/v1/tasks/{id}/continue': {
    prepare: (way) => olderTask(way, 'paused'),
    answers: { direct: 202, ticket: 409, forbidden: 403 },
  },
  'POST /api/v1/tasks/{id}/retry-failed': {
    prepare: (way) => olderTask(way, 'failed'),
    answers: { direct: 202, ticket: 409, forbidden: 403 },
  },
  // As the requester, who cannot approve.
  'POST /api/v1/tickets/{id}/approve': ticketDoor(denied, decision),
  'POST /api/v1/tickets/{id}/reject': ticketDoor(denied, decision),
  'POST /api/v1/tickets/{id}/transfer': ticketDoor(denied, () => ({ user: 'approver' })),
  'POST /api/v1/tickets/{id}/complete': ticketDoor({ direct: 409, ticket: 409, forbidden: 409 }, () => ({
    outcome: 'done',
  })),
  'POST /api/v1/tickets/{id}/add-approver': ticketDoor({ direct: 409, ticket: 409, forbidden: 409 }, () => ({
    user: 'approver',
  })),
  'POST /api/v1/tickets/{id}/withdraw': ticketDoor(written),
  'POST /api/v1/tickets/{id}/comment': ticketDoor(written),
  'POST /api/v1/tickets/{id}/resubmit': {
    prepare: openTicket,
    body: (way) => ({ task: taskBody(way) }),
    answers: { direct: 202, ticket: 202, forbidden: 403 },
  },
};

/** Calls a route through a way under a policy. */
async function call(route: RegisteredRoute, way: Way, mode: PolicyMode): Promise<Answer> {
  const door = doors[nameOf(route)];
  if (door === undefined) throw new Error(`${nameOf(route)} has no case`);
  await api.db.updateTable('task').set({ state: 'killed' }).execute();
  const id = (await door.prepare?.(way)) ?? '';
  await protect(way, mode);
  return api.call(route.method, route.path.replace('{id}', id), {
    ...(door.body === undefined ? {} : { body: await door.body(way, id) }),
  });
}

/** Hosts that a worker could hand out, once it has carried out what was taken down. */
async function startable(): Promise<string[]> {
  for (const { id, subjectId: taskId } of await findRequestedOperations(api.db, 'task', -1_000, 100)) {
    await applyTaskOperation(api.db, { taskId, operationId: id });
  }
  for (const { id, subjectId: ticketId } of await findRequestedOperations(api.db, 'ticket', -1_000, 100)) {
    await applyTicketOperation(api.db, kindsOn, { ticketId, operationId: id });
  }
  const { rows } = await sql<{ run: string }>`
    select r.host || ': ' || r.state || ' in a task that is ' || t.state as run from host_run r join task t on t.id = r.task_id
    where r.current and (r.state not in ('ready', 'failed', 'revoked') or r.state = 'ready' and t.state in ('submitted', 'running'))`.execute(
    api.db,
  );
  return rows.map((row) => row.run);
}

describe('every route that can start something on a host', () => {
  it('has a case here', () => {
    const registered = api.api.routes().filter(canStart).map(nameOf);
    expect(registered.length).toBeGreaterThan(5);
    expect(Object.keys(doors).toSorted()).toEqual(registered.toSorted());
  });

  it('is walked but for rights that have mutations and are said to start nothing', () => {
    const rights = new Set(api.api.routes().map(rightOf));
    const walked = new Set(api.api.routes().filter(canStart).map(rightOf));
    const left = (Object.keys(actions) as Action[]).filter((right) => rights.has(right) && !walked.has(right));
    expect(left.toSorted()).toEqual(Object.keys(startNothing).toSorted());
  });

  for (const mode of ['ticket', 'forbidden'] as const) {
    it(`starts nothing on a host under policy ${mode}, however that is named`, { timeout: 240_000 }, async () => {
      const wrong: string[] = [];
      for (const way of ways) {
        for (const route of api.api.routes().filter(canStart)) {
          const name = `${nameOf(route)} by ${way.name}`;
          if (doors[nameOf(route)]?.namesNoHost === true && way !== ways[0]) continue;
          const answer = await call(route, way, mode);
          const expected = doors[nameOf(route)]?.answers[mode];
          if (answer.status !== expected) wrong.push(`${name}: ${answer.status}, not ${expected}: ${answer.text}`);
          const running = await startable();
          if (running.length > 0) wrong.push(`${name}: ${running.join(', ')}`);
        }
      }
      expect(wrong).toEqual([]);
    });
  }

  it(
    'does start it where there is no policy, so that the walk sees what it looks for',
    { timeout: 240_000 },
    async () => {
      const [way] = ways;
      if (way === undefined) throw new Error('no way');
      for (const route of api.api.routes().filter(canStart)) {
        const name = nameOf(route);
        const answer = await call(route, way, 'direct');
        expect(answer.status, `${name}: ${answer.text}`).toBe(doors[name]?.answers.direct);
        const starting = /^POST \/api\/v1\/(tasks|tickets|tasks\/\{id\}\/(continue|retry-failed))$/.test(name);
        expect((await startable()).length > 0, name).toBe(starting);
      }
    },
  );
});

describe('the preview', () => {
  it('says by every way what the submission then does', async () => {
    const statusOf: Record<PolicyMode, number> = { direct: 201, ticket: 202, forbidden: 403 };
    for (const way of ways) {
      for (const mode of ['direct', 'ticket', 'forbidden'] as const) {
        await protect(way, mode);
        const preview = await api.call('POST', '/api/v1/changes/preview', {
          body: { kind: 'task.run', task: taskBody(way) },
        });
        expect(preview, way.name).toMatchObject({ status: 200, body: { kind: 'task.run', mode } });
        const steps =
          mode === 'ticket' ? [{ step: 1, need: 'any', approvers: ['approver'], policyNode: way.policy ?? null }] : [];
        expect(preview.body, way.name).toMatchObject({ steps });
        const submitted = await api.call('POST', '/api/v1/tasks', { body: taskBody(way) });
        expect(submitted.status, `${way.name}: ${submitted.text}`).toBe(statusOf[mode]);
      }
    }
  });
});
