import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type EventSourceLike, type LiveState, TopicConnection } from './topic-connection.ts';

type Hear = (event: { data?: unknown; lastEventId?: string }) => void;

class FakeStream implements EventSourceLike {
  readyState = 0;
  readonly url: string;
  readonly #listeners = new Map<string, Hear[]>();
  constructor(url: string) {
    this.url = url;
  }
  addEventListener(type: string, listener: Hear): void {
    this.#listeners.set(type, [...(this.#listeners.get(type) ?? []), listener]);
  }
  close(): void {
    this.readyState = 2;
  }
  emit(type: string, event: Parameters<Hear>[0] = {}): void {
    if (this.readyState === 2 && type !== 'error') return;
    for (const listener of this.#listeners.get(type) ?? []) listener(event);
  }
  open(): void {
    this.readyState = 1;
    this.emit('open');
  }
  fail(readyState: 0 | 2): void {
    this.readyState = readyState;
    this.emit('error');
  }
  get topics(): string[] {
    return new URL(this.url, 'http://x').searchParams.getAll('topic');
  }
}

function setUp() {
  const streams: FakeStream[] = [];
  const heard: string[] = [];
  const states: LiveState[] = [];
  const refused = new Set<string>();
  const platform = { status: 200, signedOut: 0, unserved: [] as readonly string[] };
  const connection = new TopicConnection({
    open: (url) => {
      const stream = new FakeStream(url);
      streams.push(stream);
      return stream;
    },
    probe: (url) => {
      if (platform.status !== 200) return Promise.resolve(platform.status);
      const topics = new URL(url, 'http://x').searchParams.getAll('topic');
      return Promise.resolve(topics.some((topic) => refused.has(topic)) ? 404 : 200);
    },
    onEvent: ({ topic }) => heard.push(topic),
    onState: (state) => states.push(state),
    onUnserved: (topics) => (platform.unserved = topics),
    onSignedOut: () => platform.signedOut++,
  });
  const last = () => {
    const stream = streams.at(-1);
    if (stream === undefined) throw new Error('nothing was opened');
    return stream;
  };
  return { connection, streams, heard, states, refused, platform, last };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

describe('the stream of topics', () => {
  it('opens one stream for topics that are asked for one after the other', async () => {
    const { connection, streams, last, states } = setUp();
    connection.want(['tasks']);
    connection.want(['tasks', 'inbox']);
    await pass(100);
    expect(streams).toHaveLength(1);
    expect(last().topics).toEqual(['tasks', 'inbox']);
    last().open();
    expect(states).toEqual(['live']);
  });

  it('changes topics without a gap: the old stream ends after the new one has begun, from the last event on', async () => {
    const { connection, streams, last, heard } = setUp();
    connection.want(['tasks']);
    await pass(100);
    const first = last();
    first.open();
    first.emit('tasks', { data: '{"id":1}', lastEventId: '7-1' });
    connection.want(['tasks', 'task:a']);
    await pass(100);
    expect(last().url).toContain('lastEventId=7-1');
    heard.length = 0;
    first.emit('tasks', { data: '{}', lastEventId: '7-2' });
    expect(heard).toEqual(['tasks']);
    last().open();
    await pass(1_500);
    expect(first.readyState).toBe(2);
    expect(last().readyState).toBe(1);
    expect(streams).toHaveLength(2);
  });

  it('keeps a stream that hears more than is wanted', async () => {
    const { connection, streams, last } = setUp();
    connection.want(['tasks', 'task:a']);
    await pass(100);
    last().open();
    connection.want(['tasks']);
    await pass(100);
    expect(streams).toHaveLength(1);
    connection.want(['tasks', 'tree']);
    await pass(100);
    expect(last().topics).toEqual(['tasks', 'tree']);
  });

  it('has new topics looked at again where it has no event to go on from', async () => {
    const { connection, last, heard } = setUp();
    connection.want(['tasks']);
    await pass(100);
    last().open();
    expect(heard).toEqual(['tasks']);
    connection.want(['tasks', 'tree']);
    await pass(100);
    last().open();
    expect(heard).toEqual(['tasks', 'tree']);
  });

  it('lets go of a refused topic and never loses the others', async () => {
    const { connection, streams, last, refused, heard, states, platform } = setUp();
    connection.want(['tasks']);
    await pass(100);
    const first = last();
    first.open();
    refused.add('task:gone');
    connection.want(['tasks', 'tree', 'task:gone']);
    await pass(100);
    last().fail(2);
    first.emit('tasks', { data: '{}', lastEventId: '1-1' });
    await pass(0);
    expect(first.readyState).toBe(1);
    expect(last().topics).toEqual(['tasks', 'tree']);
    last().open();
    await pass(1_500);
    expect(first.readyState).toBe(2);
    expect(platform.unserved).toEqual(['task:gone']);
    heard.length = 0;
    last().emit('tree', { data: '{}' });
    expect(heard).toEqual(['tree']);
    expect(states).toEqual(['live']);
    expect(streams).toHaveLength(3);
  });

  it('drops what is refused later, when the platform ends the stream', async () => {
    const { connection, last, refused, states } = setUp();
    connection.want(['tasks', 'task:a']);
    await pass(100);
    last().open();
    refused.add('task:a');
    last().fail(0);
    last().fail(2);
    await pass(10);
    expect(last().topics).toEqual(['tasks']);
    last().open();
    expect(states).toEqual(['live', 'connecting', 'live']);
  });

  it('is offline while nobody answers, tries again, and comes back', async () => {
    const { connection, streams, last, states, platform } = setUp();
    connection.want(['tasks']);
    await pass(100);
    last().open();
    platform.status = 0;
    for (let n = 0; n < 4; n++) {
      last().fail(2);
      await pass(15_000);
    }
    expect(streams.length).toBeGreaterThanOrEqual(4);
    expect(states).toEqual(['live', 'offline']);
    platform.status = 200;
    last().open();
    expect(states).toEqual(['live', 'offline', 'live']);
  });

  it('calls a stream offline that takes long to come back by itself', async () => {
    const { connection, last, states } = setUp();
    connection.want(['tasks']);
    await pass(100);
    last().open();
    last().fail(0);
    expect(states).toEqual(['live', 'connecting']);
    for (let n = 0; n < 5; n++) {
      await pass(1_000);
      last().fail(0);
    }
    expect(states).toEqual(['live', 'connecting', 'offline']);
    last().fail(0);
    last().open();
    expect(states.at(-1)).toBe('live');
  });

  it('stops where nobody is signed in, until it is told to begin again', async () => {
    const { connection, streams, last, platform } = setUp();
    connection.want(['tasks']);
    await pass(100);
    platform.status = 401;
    last().fail(2);
    await pass(60_000);
    expect(platform.signedOut).toBe(1);
    expect(streams).toHaveLength(1);
    platform.status = 200;
    connection.renew();
    last().open();
    expect(streams).toHaveLength(2);
    expect(connection.state).toBe('live');
  });

  it('asks for no more topics than the platform takes, broad ones first', async () => {
    const { connection, last } = setUp();
    const objects = Array.from({ length: 60 }, (_, n) => `task:${n}`);
    connection.want([...objects, 'inbox']);
    await pass(100);
    expect(last().topics).toHaveLength(50);
    expect(last().topics[0]).toBe('inbox');
    expect(connection.unserved).toEqual(objects.slice(49));
  });
});
