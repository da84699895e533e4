import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LiveHub } from './live-hub.ts';
import type { ToPage } from './messages.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function setUp() {
  const streams: { url: string; emit: (type: string) => void; closed: boolean }[] = [];
  const told: [string, ToPage][] = [];
  const hub = new LiveHub({
    open: (url) => {
      const listeners = new Map<string, (event: object) => void>();
      const stream = { url, closed: false, emit: (type: string) => listeners.get(type)?.({ lastEventId: '1-1' }) };
      streams.push(stream);
      return {
        readyState: 1,
        addEventListener: (type, listener) => void listeners.set(type, listener),
        close: () => void (stream.closed = true),
      };
    },
    probe: () => Promise.resolve(200),
    send: (client, message) => void told.push([client, message]),
  });
  const events = () => told.filter(([, message]) => message.type === 'event').map(([client]) => client);
  return { hub, streams, told, events };
}

describe('the hub of a browser', () => {
  it('holds one stream for all pages, and tells each of its own topics', async () => {
    const { hub, streams, told, events } = setUp();
    hub.take({ type: 'want', client: 'a', topics: ['tasks', 'inbox'] });
    hub.take({ type: 'want', client: 'b', topics: ['inbox', 'task:1'] });
    await vi.advanceTimersByTimeAsync(100);
    expect(streams.map((stream) => stream.url)).toEqual(['/api/v1/events?topic=tasks&topic=inbox&topic=task%3A1']);
    streams[0]?.emit('open');
    told.length = 0;
    streams[0]?.emit('task:1');
    expect(events()).toEqual(['b']);
    streams[0]?.emit('inbox');
    expect(events()).toEqual(['b', 'a', 'b']);
    streams[0]?.emit('reset');
    expect(told.slice(-2)).toEqual([
      ['a', { type: 'reset' }],
      ['b', { type: 'reset' }],
    ]);
  });

  it('tells a page how things stand when it comes, and welcomes it once', async () => {
    const { hub, streams, told } = setUp();
    hub.take({ type: 'want', client: 'a', topics: ['tasks'] });
    await vi.advanceTimersByTimeAsync(100);
    streams[0]?.emit('open');
    told.length = 0;
    hub.take({ type: 'want', client: 'b', topics: ['tasks'] });
    hub.take({ type: 'want', client: 'b', topics: ['tasks'] });
    expect(told).toEqual([
      ['b', { type: 'welcome' }],
      ['b', { type: 'state', state: 'live', unserved: [] }],
    ]);
  });

  it('ends the stream when the last page has left, and forgets pages that went without a word', async () => {
    const { hub, streams } = setUp();
    hub.take({ type: 'want', client: 'a', topics: ['tasks'] });
    hub.take({ type: 'want', client: 'b', topics: ['tree'] });
    await vi.advanceTimersByTimeAsync(200_000);
    hub.take({ type: 'want', client: 'a', topics: ['tasks'] });
    expect(hub.clients).toEqual(['a']);
    expect(streams[0]?.closed).toBe(false);
    hub.take({ type: 'leave', client: 'a' });
    expect(streams[0]?.closed).toBe(true);
  });
});
