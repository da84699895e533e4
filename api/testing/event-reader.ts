import type { TestApi } from './test-api.ts';

/** One event as a browser would get it. */
export interface ReadEvent {
  readonly id: string;
  readonly event: string;
  readonly data: Record<string, unknown>;
}

export interface EventReader {
  readonly status: number;
  readonly events: ReadEvent[];
  /** The last id that a browser would send when it comes back. */
  lastId(): string;
  /** Resolves when the server has ended the stream. */
  readonly ended: Promise<void>;
  /** Waits until there are `count` events; fails after 8 s. */
  waitFor(count: number): Promise<ReadEvent[]>;
  close(): void;
}

/** Opens a stream of live events. */
export async function readEvents(
  api: TestApi,
  query: string,
  options: { token?: string; lastEventId?: string } = {},
): Promise<EventReader> {
  const abort = new AbortController();
  const response = await fetch(`${api.url}/api/v1/events?${query}`, {
    headers: {
      authorization: `Bearer ${options.token ?? api.adminToken}`,
      ...(options.lastEventId === undefined ? {} : { 'last-event-id': options.lastEventId }),
    },
    signal: abort.signal,
  });
  const events: ReadEvent[] = [];
  let lastId = '';
  let changed = () => {};

  async function pump(): Promise<void> {
    let text = '';
    const decoder = new TextDecoder();
    for await (const chunk of response.body ?? []) {
      text += decoder.decode(chunk as Uint8Array, { stream: true });
      for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
        take(text.slice(0, end));
        text = text.slice(end + 2);
      }
      changed();
    }
  }

  function take(frame: string): void {
    const fields = new Map(
      frame.split('\n').map((line) => [line.split(': ', 1)[0] ?? '', line.slice(line.indexOf(': ') + 2)]),
    );
    lastId = fields.get('id') ?? lastId;
    const data = fields.get('data');
    if (data !== undefined)
      events.push({
        id: lastId,
        event: fields.get('event') ?? 'message',
        data: JSON.parse(data) as Record<string, unknown>,
      });
  }

  const ended = pump().catch(() => undefined);
  return {
    status: response.status,
    events,
    lastId: () => lastId,
    ended,
    async waitFor(count) {
      const deadline = Date.now() + 8_000;
      while (events.length < count) {
        if (Date.now() > deadline)
          throw new Error(`only ${events.length} of ${count} events came: ${JSON.stringify(events)}`);
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, 100);
          changed = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
      return events;
    },
    close: () => abort.abort(),
  };
}
