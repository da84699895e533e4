import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Firing, ScheduleDetail } from './schedules.contract.ts';
import { startTestApi, type TestApi } from '#api/testing/test-api.ts';
import { type Person, personOf } from '#api/testing/ticket-people.ts';
import { findRequestedOperations } from '#ledger/kernel/operations.ts';
import { firing } from '#ledger/rooms.ts';
import { findStartable, findUnsent, markSent } from '#ledger/schedules/sent-schedules.ts';
import { installLedgerClock, setLedgerClock } from '#tests/support/ledger-clock.ts';

const made = new Date('2026-12-01T01:30:00Z');
const due = (hour: number) => new Date(Date.UTC(2026, 11, 1, hour));

let api: TestApi;
let owner: Person;
let viewer: Person;
let stranger: Person;

beforeAll(async () => {
  api = await startTestApi();
  await installLedgerClock(api.db);
  for (const path of ['ours.web', 'theirs']) await api.call('POST', '/api/v1/nodes', { body: { path } });
  await api.machine('web-1', { nodes: ['ours.web'] });
  const user = async (name: string) => personOf(api, await api.user(name, 'none'));
  [owner, viewer, stranger] = [await user('owner'), await user('viewer'), await user('stranger')];
  for (const [node, name, role] of [
    ['ours', 'owner', 'ops-owner'],
    ['ours', 'viewer', 'viewer'],
    ['theirs', 'stranger', 'ops-owner'],
  ])
    await api.call('PUT', `/api/v1/nodes/${node}/grants/${name}`, { body: { role } });
});
afterAll(() => api.remove());
beforeEach(async () => {
  await sql`delete from schedule`.execute(api.db);
  await setLedgerClock(api.db, made);
});

const input = { name: 'nightly', cron: '0 * * * *', task: { target: { node: 'ours.web' }, command: ['true'] } };

async function call<Body>(method: string, path: string, options: { body?: unknown; who?: Person } = {}) {
  const { body, who } = options;
  const answer = await api.call(method, `/api/v1/schedules${path}`, {
    ...(body === undefined ? {} : { body }),
    ...(who === undefined ? {} : { token: who.token }),
  });
  return { ...answer, body: answer.body as unknown as Body };
}

async function create(more: object = {}, who: Person = owner): Promise<ScheduleDetail> {
  const { status, body, text } = await call<ScheduleDetail>('POST', '', { body: { ...input, ...more }, who });
  expect(status, text).toBe(201);
  return body;
}

/** What the worker does when Temporal says that it is time. */
async function fireAt(id: string, dueAt: Date, now = dueAt) {
  await setLedgerClock(api.db, now);
  return firing.fire(api.db, { scheduleId: id, dueAt });
}

const firingsOf = async (id: string) => (await call<{ items: Firing[] }>('GET', `/${id}/firings`)).body.items;
const statesOf = async (id: string) => (await firingsOf(id)).map(({ state, reason }) => [state, reason]);
const endTasks = () => sql`update change set state = 'done' where state in ('proposed', 'applying')`.execute(api.db);
const countTasks = async () => (await api.db.selectFrom('task').select('id').execute()).length;

describe('a schedule', () => {
  it('proposes its task at each of its times, once, with the rights of its owner', async () => {
    const schedule = await create();
    expect(schedule).toMatchObject({ node: 'ours.web', owner: 'owner', zone: 'UTC', overlap: 'skip', version: 1 });
    expect(schedule.next.slice(0, 2)).toEqual(['2026-12-01T02:00:00.000Z', '2026-12-01T03:00:00.000Z']);
    const before = await countTasks();
    const answers = await Promise.all([1, 2, 3].map(() => fireAt(schedule.id, due(2))));
    expect(answers.map(({ state }) => state)).toEqual(['started', 'started', 'started']);
    expect(answers.filter(({ started }) => started !== undefined)).toHaveLength(1);
    expect(await countTasks()).toBe(before + 1);
    const [fired] = await firingsOf(schedule.id);
    expect(fired).toMatchObject({ state: 'started', dueAt: '2026-12-01T02:00:00.000Z', changeState: 'applying' });
    const change = await api.db
      .selectFrom('change')
      .select(['origin', 'proposer_name'])
      .where('subject_id', '=', fired?.subjectId ?? '')
      .executeTakeFirstOrThrow();
    expect(change).toEqual({ origin: 'schedule', proposer_name: 'owner' });
  });

  it('is fired by nobody at another time than its own', async () => {
    const { id } = await create();
    for (const [dueAt, now] of [
      [new Date('2026-12-01T02:00:01Z'), due(3)],
      [due(4), due(3)],
      [due(1), due(3)],
    ] as const)
      expect((await fireAt(id, dueAt, now)).state).toBe('not-due');
    expect(await firingsOf(id)).toEqual([]);
  });

  it('waits for approval where policy asks, and does not open a second ticket meanwhile', async () => {
    await api.call('PUT', '/api/v1/nodes/ours/policies/task.run', {
      body: { mode: 'ticket', steps: [{ approvers: [{ type: 'role', role: 'admin' }] }] },
    });
    const { id } = await create();
    expect(await fireAt(id, due(2))).toMatchObject({ state: 'started', started: { noun: 'ticket' } });
    expect(await fireAt(id, due(3))).toMatchObject({ state: 'skipped', reason: { code: 'predecessor-waits' } });
    await api.call('PUT', '/api/v1/nodes/ours/policies/task.run', { body: { mode: 'direct' } });
    await endTasks();
  });

  it('leaves out, queues or replaces what overlaps', async () => {
    const skip = await create({ name: 'skip' });
    const queue = await create({ name: 'queue', overlap: 'queue' });
    const replace = await create({ name: 'replace', overlap: 'replace' });
    for (const { id } of [skip, queue, replace]) {
      await fireAt(id, due(2));
      await fireAt(id, due(3));
      await fireAt(id, due(4));
    }
    expect(await statesOf(skip.id)).toEqual([
      ['skipped', 'predecessor-runs'],
      ['skipped', 'predecessor-runs'],
      ['started', null],
    ]);
    expect(await statesOf(queue.id)).toEqual([
      ['skipped', 'one-waits-already'],
      ['queued', 'predecessor-runs'],
      ['started', null],
    ]);
    expect(await statesOf(replace.id)).toEqual([
      ['queued', 'predecessor-runs'],
      ['skipped', 'replaced-by-later'],
      ['started', null],
    ]);
    const stop = await call<Firing>('POST', `/${replace.id}/run-now`);
    expect(stop.body).toMatchObject({ state: 'queued', byHand: true });
    const killers = await api.call('GET', '/api/v1/audit?action=task.kill');
    expect(killers.body.items[0]).toMatchObject({ actorName: 'admin' });
    const [first] = (await firingsOf(replace.id)).slice(-1);
    const asked = await findRequestedOperations(api.db, 'task', -60_000, 100);
    expect(asked.filter(({ subjectId }) => subjectId === first?.subjectId).map(({ action }) => action)).toContain(
      'kill',
    );
    expect(await findStartable(api.db, 10)).toEqual([]);
    await endTasks();
    const startable = await findStartable(api.db, 10);
    expect(startable).toHaveLength(2);
    for (const one of [...startable, ...startable]) await firing.startQueued(api.db, one);
    expect((await statesOf(queue.id))[1]).toEqual(['started', null]);
    expect((await statesOf(replace.id)).slice(0, 2)).toEqual([
      ['started', null],
      ['skipped', 'replaced-by-later'],
    ]);
    await endTasks();
  });

  it('makes up for an outage within its catch-up window, and says what it missed', async () => {
    const { id } = await create({ catchUpMs: 2 * 3_600_000, overlap: 'queue' });
    expect((await fireAt(id, due(9), new Date('2026-12-01T09:05:00Z'))).state).toBe('started');
    const found = await firingsOf(id);
    expect(found.map(({ dueAt, state }) => `${dueAt.slice(11, 13)} ${state}`)).toEqual([
      '09 started',
      '07 missed',
      '06 missed',
      '05 missed',
      '04 missed',
      '03 missed',
      '02 missed',
    ]);
    const told = await api.db.selectFrom('announcement').select(['kind', 'details']).execute();
    expect(told.filter(({ kind }) => kind === 'schedule.missed').map(({ details }) => details)).toEqual([
      expect.objectContaining({ missed: 6 }),
    ]);
    await endTasks();
    expect((await fireAt(id, due(8), new Date('2026-12-01T09:06:00Z'))).state).toBe('started');
    expect((await fireAt(id, due(7), new Date('2026-12-01T09:06:00Z'))).state).toBe('missed');
    await endTasks();
  });

  it('writes down the last of very many that it missed, also where it is refused then', async () => {
    const { id } = await create({ name: 'every-minute', cron: '* * * * *' });
    await sql`update "user" set disabled = true where name = 'owner'`.execute(api.db);
    expect((await fireAt(id, due(9), new Date('2026-12-01T09:00:30Z'))).state).toBe('refused');
    await sql`update "user" set disabled = false where name = 'owner'`.execute(api.db);
    const { rows } = await sql<{ n: number; first: Date; last: Date }>`
      select count(*)::int as n, min(due_at) as first, max(due_at) as last from firing
      where schedule_id = ${id}::uuid and state = 'missed'`.execute(api.db);
    expect(rows).toEqual([{ n: 200, first: new Date('2026-12-01T05:31:00Z'), last: new Date('2026-12-01T08:50:00Z') }]);
    const told = await api.db.selectFrom('announcement').select('details').where('subject_id', '=', id).execute();
    expect(told.map(({ details }) => details)).toContainEqual(expect.objectContaining({ missed: 440 }));
  });

  it('is refused, and says so, once its owner may no longer do it or is gone', async () => {
    const { id } = await create();
    await api.call('DELETE', '/api/v1/nodes/ours/grants/owner');
    const before = await countTasks();
    expect((await fireAt(id, due(2))).state).toBe('refused');
    await api.call('PUT', '/api/v1/nodes/ours/grants/owner', { body: { role: 'ops-owner' } });
    await sql`update "user" set disabled = true where name = 'owner'`.execute(api.db);
    expect(await fireAt(id, due(3))).toMatchObject({ state: 'refused', reason: { code: 'owner-gone' } });
    await sql`update "user" set disabled = false where name = 'owner'`.execute(api.db);
    expect(await countTasks()).toBe(before);
    expect((await fireAt(id, due(4))).state).toBe('started');
    await endTasks();
    const { body } = await api.call('GET', '/api/v1/audit?action=schedule.refused&target=nightly');
    expect(body.items).toHaveLength(2);
  });

  it('is owned by whoever edited it last, so that nobody borrows rights', async () => {
    const { id } = await create();
    const edit = (version: number, who?: Person) =>
      call<ScheduleDetail>('PUT', `/${id}`, { body: { ...input, cron: '30 * * * *', version }, ...(who && { who }) });
    expect((await edit(1, viewer)).status).toBe(403);
    expect((await edit(1, stranger)).status).toBe(404);
    expect((await edit(7)).body).toMatchObject({ reason: 'newer-schedule' });
    expect((await edit(1)).body).toMatchObject({ owner: 'admin', version: 2, cron: '30 * * * *' });
    expect((await fireAt(id, due(2))).state).toBe('not-due');
  });

  it('is paused and continued, and what was due meanwhile is not made up for', async () => {
    const { id } = await create({ catchUpMs: 6 * 3_600_000 });
    expect((await call('POST', `/${id}/pause`)).body).toMatchObject({ paused: true, nextAt: null });
    expect((await call('POST', `/${id}/pause`)).body).toMatchObject({ reason: 'schedule-paused' });
    expect(await fireAt(id, due(2))).toMatchObject({ state: 'skipped', reason: { code: 'schedule-paused' } });
    await setLedgerClock(api.db, new Date('2026-12-01T04:30:00Z'));
    expect((await call('POST', `/${id}/continue`)).body).toMatchObject({ paused: false });
    expect((await fireAt(id, due(3), new Date('2026-12-01T04:31:00Z'))).state).toBe('not-due');
    expect((await fireAt(id, due(5))).state).toBe('started');
    await endTasks();
    expect((await firingsOf(id)).map(({ state }) => state)).toEqual(['started', 'skipped']);
  });

  it('runs now with the rights of whoever asks, once for each key', async () => {
    const { id } = await create();
    const run = (token: string, key: string) =>
      api.call('POST', `/api/v1/schedules/${id}/run-now`, { token, headers: { 'idempotency-key': key } });
    expect((await run(viewer.token, 'a')).status).toBe(403);
    const before = await countTasks();
    const [first, second] = [await run(api.adminToken, 'b'), await run(api.adminToken, 'b')];
    expect([first.status, second.status]).toEqual([201, 201]);
    expect(second.text).toBe(first.text);
    expect(await countTasks()).toBe(before + 1);
    expect((await run(owner.token, 'c')).body).toMatchObject({ reason: 'predecessor-runs' });
    const change = await api.db.selectFrom('change').select('proposer_name').orderBy('id', 'desc').executeTakeFirst();
    expect(change?.proposer_name).toBe('admin');
    await endTasks();
  });

  it('is told to Temporal once for each version, and gone once Temporal has heard', async () => {
    const { id } = await create();
    for (const schedule of await findUnsent(api.db, 10)) await markSent(api.db, schedule);
    expect(await findUnsent(api.db, 10)).toEqual([]);
    await call('POST', `/${id}/pause`);
    expect(await findUnsent(api.db, 10)).toMatchObject([{ id, paused: true, version: 2 }]);
    expect((await call('DELETE', `/${id}`)).status).toBe(200);
    expect((await call('GET', `/${id}`)).status).toBe(404);
    await create();
    const unsent = await findUnsent(api.db, 10);
    for (const schedule of unsent) await markSent(api.db, schedule);
    const rows = await api.db.selectFrom('schedule').select('name').execute();
    expect(rows).toEqual([{ name: 'nightly' }]);
  });

  it('is refused by the names of its fields', async () => {
    await create({ name: 'taken' });
    for (const [more, field] of [
      [{ name: 'TAKEN' }, 'name'],
      [{ cron: '0 0 30 2 *' }, 'cron'],
      [{ cron: '@daily' }, 'cron'],
      [{ zone: 'CST' }, 'zone'],
      [{ overlap: 'both' }, 'overlap'],
      [{ catchUpMs: 1 }, 'catchUpMs'],
      [{ node: 'nowhere' }, 'node'],
      [{ task: { ...input.task, target: { node: 'nowhere' } } }, 'task.target.node'],
      [{ node: 'ours', task: { ...input.task, target: { hosts: ['nobody'] } } }, 'task.target.hosts'],
      [{ task: { ...input.task, runAt: '2026-12-01T01:30:00Z' } }, 'task.runAt'],
      [{ task: { target: input.task.target } }, 'task.script'],
    ] as const) {
      const { body, status, text } = await call<{ errors: { field: string }[] }>('POST', '', {
        body: { ...input, ...more },
      });
      expect(status, text).toBeGreaterThanOrEqual(400);
      expect(
        body.errors?.map((error) => error.field),
        text,
      ).toEqual([field]);
    }
    expect((await call('POST', '', { body: input, who: viewer })).status).toBe(403);
    const hosts = { ...input, task: { ...input.task, target: { hosts: ['web-1'] } } };
    expect((await call('POST', '', { body: hosts, who: owner })).status).toBe(403);
    expect((await call('POST', '', { body: { ...hosts, node: 'ours' }, who: owner })).status).toBe(201);
  });

  it('is listed to whom its node says, and to its owner', async () => {
    await create({ name: 'seen' });
    const names = async (who: Person) =>
      (await call<{ items: { name: string }[] }>('GET', '', { who })).body.items.map(({ name }) => name);
    expect([await names(owner), await names(viewer), await names(stranger)]).toEqual([['seen'], ['seen'], []]);
    const { body } = await api.call('GET', '/api/v1/firing-times?cron=0%203%20*%20*%20*&zone=Asia/Shanghai&count=2');
    expect(body).toEqual({ next: ['2026-12-01T19:00:00.000Z', '2026-12-02T19:00:00.000Z'] });
  });
});
