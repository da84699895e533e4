import type { HttpClient } from './http.ts';

/** One event of a stream (text/event-stream), or (`event` is `id`) only a newer id to resume from. */
export interface StreamEvent {
  readonly id: string | undefined;
  readonly event: string;
  readonly data: string;
}

/**
 * Events of some topics from now on, or after `lastEventId`. Ends when the server ends the stream; throws where the
 * connection breaks. The caller decides whether to come back, with the last id it has seen.
 */
export async function* openEvents(
  http: HttpClient,
  options: {
    topics: readonly string[];
    lastEventId?: string | undefined;
    signal: AbortSignal;
    /** From here on no change is missed. */
    onOpen?: () => void;
  },
): AsyncGenerator<StreamEvent> {
  const answer = await http.request('GET', '/api/v1/events', {
    query: { topic: options.topics },
    headers: {
      accept: 'text/event-stream',
      ...(options.lastEventId === undefined ? {} : { 'last-event-id': options.lastEventId }),
    },
    patienceMs: 0,
    signal: options.signal,
  });
  if (answer.body === null) return;
  options.onOpen?.();
  const decoder = new TextDecoder();
  const parse = createEventParser();
  for await (const chunk of answer.body) yield* parse(decoder.decode(chunk as Uint8Array, { stream: true }));
}

/** A parser of the event-stream format (WHATWG HTML, 9.2.6): text pieces in, whole events out. */
export function createEventParser(): (piece: string) => StreamEvent[] {
  let rest = '';
  let id: string | undefined;
  let newId = false;
  let event = '';
  let data: string[] = [];

  function field(name: string, value: string): void {
    if (name === 'data') data.push(value);
    else if (name === 'event') event = value;
    else if (name === 'id' && !value.includes('\0')) {
      newId = value !== id;
      id = value;
    }
  }

  return (piece) => {
    const events: StreamEvent[] = [];
    rest += piece;
    for (;;) {
      const end = /\r\n|\n|\r(?=[^\n])/.exec(rest);
      if (end === null) return events;
      const line = rest.slice(0, end.index);
      rest = rest.slice(end.index + end[0].length);
      if (line === '') {
        if (data.length === 0 && newId) events.push({ id, event: 'id', data: '' });
        if (data.length > 0) events.push({ id, event: event === '' ? 'message' : event, data: data.join('\n') });
        event = '';
        data = [];
        newId = false;
      } else if (!line.startsWith(':')) {
        const colon = line.indexOf(':');
        if (colon === -1) field(line, '');
        else field(line.slice(0, colon), line.slice(colon + 1).replace(/^ /, ''));
      }
    }
  };
}
