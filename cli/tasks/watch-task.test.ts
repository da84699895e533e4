import { Hono } from 'hono';
import { streamSSE } from 'hono/streaming';
import { afterEach, describe, expect, it } from 'vitest';
import type { TaskState } from '#domain/tasks/task.ts';
import { startSmallServer, type SmallServer } from '../testing/small-server.ts';
import { createHttpClient } from '../kernel/client/http.ts';
import { createTasksClient } from './tasks.client.ts';
import { watchTask } from './watch-task.ts';

const servers: SmallServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.stop()));
});

const counts = (succeeded: number) => ({
  total: 3,
  succeeded,
  failed: 0,
  timedOut: 0,
  killed: 0,
  lost: 0,
  revoked: 0,
  buried: 0,
  pending: 3 - succeeded,
  running: 0,
});

/** A task that a test moves, and a server that tells of it. */
function platform(options: { events: boolean }) {
  let state: TaskState = 'running';
  let done = 0;
  const resumedFrom: (string | undefined)[] = [];
  const pushes = new Set<() => void>();
  const app = new Hono()
    .get('/api/v1/tasks/t1', (c) => c.json({ id: 't1', state, counts: counts(done) }))
    .get('/api/v1/events', (c) => {
      if (!options.events) return c.json({ code: 'not-found', detail: 'no events here' }, 404);
      resumedFrom.push(c.req.header('last-event-id'));
      return streamSSE(c, async (stream) => {
        const push = () =>
          void stream.writeSSE({ id: String(done), data: JSON.stringify({ id: 't1', state, counts: counts(done) }) });
        pushes.add(push);
        await new Promise<void>((resolve) => stream.onAbort(resolve));
        pushes.delete(push);
      });
    });
  return {
    app,
    resumedFrom,
    listeners: () => pushes.size,
    move(to: { state?: TaskState; done: number }) {
      state = to.state ?? state;
      done = to.done;
      for (const push of pushes) push();
    },
  };
}

async function until(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error('waited for too long');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

function watch(url: string, more: { pollMs?: number; patienceMs?: number; interrupted?: AbortSignal } = {}) {
  const interrupted = more.interrupted ?? new AbortController().signal;
  const http = createHttpClient({ signIn: { url, token: 't', from: 'environment' }, version: '0', interrupted });
  const seen: number[] = [];
  const connection: boolean[] = [];
  const end = watchTask({
    http,
    tasks: createTasksClient(http, interrupted),
    taskId: 't1',
    interrupted,
    onProgress: (position) => seen.push(position.counts.succeeded),
    onConnection: (connected) => connection.push(connected),
    pollMs: more.pollMs ?? 60_000,
    ...(more.patienceMs === undefined ? {} : { patienceMs: more.patienceMs }),
  });
  return { end, seen, connection };
}

describe('watching a task', () => {
  it('shows what events tell and ends with what the task says, without polling', async () => {
    const fake = platform({ events: true });
    const server = await startSmallServer(fake.app);
    servers.push(server);
    const watching = watch(server.url);
    await until(() => fake.listeners() === 1 && watching.seen.length > 1);
    fake.move({ done: 1 });
    await until(() => watching.seen.includes(1));
    fake.move({ done: 3, state: 'succeeded' });
    expect((await watching.end).state).toBe('succeeded');
    expect(watching.seen).toEqual(expect.arrayContaining([0, 1, 3]));
  });

  it('does not miss an end that comes before the events do', async () => {
    const fake = platform({ events: true });
    const app = new Hono();
    app.use('/api/v1/events', async (_, next) => {
      fake.move({ done: 3, state: 'succeeded' });
      await next();
    });
    app.route('/', fake.app);
    const server = await startSmallServer(app);
    servers.push(server);
    expect((await watch(server.url).end).state).toBe('succeeded');
  });

  it('goes on over a restart of the server, resuming events after the last one seen', async () => {
    const fake = platform({ events: true });
    const first = await startSmallServer(fake.app);
    const watching = watch(first.url, { pollMs: 300 });
    await until(() => fake.listeners() === 1);
    fake.move({ done: 2 });
    await until(() => watching.seen.includes(2));
    await first.stop();
    await until(() => watching.connection.includes(false));
    servers.push(await startSmallServer(fake.app, first.port));
    await until(() => fake.resumedFrom.length === 2);
    expect(fake.resumedFrom).toEqual([undefined, '2']);
    fake.move({ done: 3, state: 'failed' });
    expect((await watching.end).state).toBe('failed');
    expect(watching.connection).toEqual([false, true]);
  });

  it('polls where there are no events', async () => {
    const fake = platform({ events: false });
    const server = await startSmallServer(fake.app);
    servers.push(server);
    const watching = watch(server.url, { pollMs: 20 });
    await until(() => watching.seen.length > 2);
    fake.move({ done: 3, state: 'killed' });
    expect((await watching.end).state).toBe('killed');
  });

  it('gives up on a platform that stays away', async () => {
    const fake = platform({ events: true });
    const server = await startSmallServer(fake.app);
    const watching = watch(server.url, { pollMs: 20, patienceMs: 300 });
    await until(() => watching.seen.length > 0);
    await server.stop();
    await expect(watching.end).rejects.toThrow(/cannot reach/);
  });

  it('ends at once when it is interrupted', async () => {
    const fake = platform({ events: true });
    const server = await startSmallServer(fake.app);
    servers.push(server);
    const interrupt = new AbortController();
    const watching = watch(server.url, { interrupted: interrupt.signal });
    await until(() => fake.listeners() === 1);
    interrupt.abort();
    await expect(watching.end).rejects.toThrow();
    await until(() => fake.listeners() === 0);
  });
});
