import { request } from 'node:http';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readEvents } from '#api/testing/event-reader.ts';
import { startTestApi, type TestApi } from '#api/testing/test-api.ts';
import { createEventHub } from './event-hub.ts';
import { createEventStream } from './event-stream.ts';
import { createTopics } from './topics.ts';
import { subjects, topics } from '#api/rooms.ts';
import { openDatabase } from '#db/database.ts';
import { currentEventPosition, emitEvent, pruneEvents } from '#ledger/kernel/live-events.ts';
import { findCallerByUserId } from '#db/identity/callers.ts';
import { findUser } from '#db/identity/users.ts';
import type { Topic } from '#domain/names.ts';
import { silentLogger } from '#platform/logging.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.remove());

const emit = (n: number, topic: Topic = 'agents') => emitEvent(api.db, topic, { n });
const numbers = (events: readonly { data: Record<string, unknown> }[]) => events.map((event) => event.data.n);

async function until(condition: () => Promise<boolean> | boolean, ms = 8_000): Promise<void> {
  for (const deadline = Date.now() + ms; !(await condition());) {
    if (Date.now() > deadline) throw new Error('it did not become true in time');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

describe('live events', () => {
  it('come at once, by topic', async () => {
    const reader = await readEvents(api, 'topic=agents&topic=tree');
    await until(() => reader.lastId() !== '');
    const started = performance.now();
    await emit(1);
    await reader.waitFor(1);
    expect(performance.now() - started).toBeLessThan(1_000);
    await emit(2, 'tasks');
    await emit(3, 'tree');
    expect((await reader.waitFor(2)).map((event) => event.event)).toEqual(['agents', 'tree']);
    reader.close();
  });

  it('are never skipped because somebody else committed first', async () => {
    const reader = await readEvents(api, 'topic=agents');
    await until(() => reader.lastId() !== '');
    const slow = await api.db.startTransaction().execute();
    await emitEvent(slow, 'agents', { n: 'slow' });
    await emit(10);
    await emit(11);
    // The poll reads at least once while the older transaction is open.
    await new Promise((resolve) => setTimeout(resolve, 1_300));
    const early = numbers(reader.events);
    const resumed = reader.lastId();
    await slow.commit().execute();
    expect(early).toEqual([]);
    expect(numbers(await reader.waitFor(3))).toEqual(['slow', 10, 11]);
    reader.close();
    const again = await readEvents(api, 'topic=agents', { lastEventId: resumed });
    expect(numbers(await again.waitFor(3))).toEqual(['slow', 10, 11]);
    again.close();
  });

  it('go on where the reader left off, each once', async () => {
    const reader = await readEvents(api, 'topic=agents');
    await until(() => reader.lastId() !== '');
    await emit(20);
    await reader.waitFor(1);
    reader.close();
    await reader.ended;
    for (let n = 21; n < 25; n++) await emit(n);
    const writing = (async () => {
      for (let n = 25; n < 60; n++) await emit(n);
    })();
    const again = await readEvents(api, 'topic=agents', { lastEventId: reader.lastId() });
    await writing;
    const expected = Array.from({ length: 39 }, (_, index) => 21 + index);
    expect(numbers(await again.waitFor(expected.length))).toEqual(expected);
    again.close();
  });

  it('are not lost to a reader who comes back before the api has looked at the ledger for the first time', async () => {
    const after = await currentEventPosition(api.db);
    const database = openDatabase(api.databaseUrl);
    const hub = createEventHub({ database, logger: silentLogger });
    const admin = await findUser(api.db, 'admin');
    const caller = await findCallerByUserId(api.db, admin?.id ?? '');
    if (caller === undefined) throw new Error('there is no admin');
    const stream = createEventStream({
      db: api.db,
      hub,
      topics: createTopics(api.db, topics, subjects),
      wanted: ['agents'],
      after,
      onClose: () => undefined,
      caller: { ...caller, via: 'token', credentialId: '' },
    });
    const text: string[] = [];
    const reading = stream.body
      .pipeThrough(new TextDecoderStream())
      .pipeTo(new WritableStream({ write: (chunk) => void text.push(chunk) }));
    // Long enough for a reader that does not wait to have read up to here.
    await new Promise((resolve) => setTimeout(resolve, 100));
    await emit(65);
    hub.start();
    await until(() => text.join('').includes('{"n":65}'));
    stream.close();
    await reading;
    await hub.stop();
    await database.close();
  });

  it('say `reset` to a reader whose place has been pruned', async () => {
    const reader = await readEvents(api, 'topic=agents');
    await until(() => reader.lastId() !== '');
    await emit(70);
    await reader.waitFor(1);
    reader.close();
    await emit(71);
    await until(async () => {
      await pruneEvents(api.db, 0);
      return (await sql`select 1 from event`.execute(api.db)).rows.length === 0;
    });
    const late = await readEvents(api, 'topic=agents', { lastEventId: reader.lastId() });
    expect(await late.waitFor(1)).toMatchObject([{ event: 'reset' }]);
    await emit(72);
    expect(numbers((await late.waitFor(2)).slice(1))).toEqual([72]);
    late.close();
    const fresh = await readEvents(api, 'topic=agents', { lastEventId: late.lastId() });
    await emit(73);
    expect(numbers(await fresh.waitFor(1))).toEqual([73]);
    fresh.close();
  });

  it('refuse topics that do not exist or may not be heard, and ids that are none', async () => {
    const { token } = await api.user('deaf', 'none');
    const status = async (query: string, more = {}) => (await readEvents(api, query, more)).status;
    expect(await status('topic=weather')).toBe(422);
    expect(await status('topic=agents', { token })).toBe(403);
    expect(await status(`topic=task:${crypto.randomUUID()}`)).toBe(404);
    expect(await status('topic=agents', { lastEventId: 'yesterday' })).toBe(422);
    expect(await status('')).toBe(422);
  });

  it('tell of tasks only to those who may see them', async () => {
    for (const path of ['live-mine', 'live-other']) await api.call('POST', '/api/v1/nodes', { body: { path } });
    await api.machine('live-1', { nodes: ['live-mine'] });
    await api.machine('live-2', { nodes: ['live-other'] });
    const { token } = await api.user('listener', 'none');
    await api.call('PUT', '/api/v1/nodes/live-mine/grants/listener', { body: { role: 'viewer' } });
    const reader = await readEvents(api, 'topic=tasks', { token });
    await until(() => reader.lastId() !== '');
    const run = async (host: string) =>
      (await api.call('POST', '/api/v1/tasks', { body: { target: { hosts: [host] }, command: ['true'] } })).body.id;
    await run('live-2');
    const visible = await run('live-1');
    expect((await reader.waitFor(1)).map((event) => event.data.id)).toEqual([visible]);
    reader.close();
  });

  it.each(['token revoked', 'user disabled', 'role taken'])('end within 5 s: %s', async (how) => {
    const name = how.replace(' ', '-');
    const user = await api.user(name, 'viewer');
    const reader = await readEvents(api, 'topic=agents', { token: user.token });
    await until(() => reader.lastId() !== '');
    const started = performance.now();
    if (how === 'token revoked') {
      const { body } = await api.call('GET', `/api/v1/users/${name}/tokens`);
      await api.call('DELETE', `/api/v1/users/${name}/tokens/${body.items[0]?.id}`);
    } else {
      await api.call('PATCH', `/api/v1/users/${name}`, {
        body: how === 'user disabled' ? { disabled: true } : { role: 'none' },
      });
    }
    await reader.ended;
    expect(performance.now() - started).toBeLessThan(5_000);
  });

  it('cut off a reader who does not keep up, and leave the others alone', async () => {
    const good = await readEvents(api, 'topic=agents');
    await until(() => good.lastId() !== '');
    const slow = request(`${api.url}/api/v1/events?topic=agents`, {
      headers: { authorization: `Bearer ${api.adminToken}` },
    });
    // It connects, and never reads.
    slow.on('response', (response) => response.pause());
    slow.on('error', () => undefined);
    slow.end();
    const open = async () =>
      Number(/signalbox_event_streams\{[^}]*\} (\d+)/.exec((await api.call('GET', '/metrics')).text)?.[1]);
    await until(async () => (await open()) === 2);
    const filler = 'x'.repeat(64 * 1024);
    for (let n = 0; n < 400 && (await open()) === 2; n++) {
      await emitEvent(api.db, 'agents', { n, filler });
      // The good reader lives in this busy process too: it gets the time to keep up.
      if (n % 4 === 3) await until(() => good.events.some((event) => event.data.n === n));
    }
    await until(async () => (await open()) === 1);
    expect((await api.call('GET', '/metrics')).text).toMatch(
      /signalbox_event_streams_ended_total\{reason="slow"[^}]*\} 1/,
    );
    await emitEvent(api.db, 'agents', { n: 'after' });
    await until(() => good.events.some((event) => event.data.n === 'after'));
    good.close();
    slow.destroy();
  }, 60_000);
});
