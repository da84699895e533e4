import type { EventSourceLike } from './topic-connection.ts';

/** A stream of the browser's own kind. */
export function openEventSource(url: string): EventSourceLike {
  return new EventSource(url);
}

/** The status that an address of events answers with, without reading on; 0 where nothing answers. */
export async function probeEvents(url: string): Promise<number> {
  const gone = new AbortController();
  try {
    const response = await fetch(url, { signal: gone.signal, headers: { accept: 'text/event-stream' } });
    return response.status;
  } catch {
    return 0;
  } finally {
    gone.abort();
  }
}
