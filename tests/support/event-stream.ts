import { setTimeout as sleep } from 'node:timers/promises';
import { createEventParser } from '#cli/kernel/client/events.ts';
import type { Platform } from './platform.ts';

/** A live page that comes back after every break with the last id it saw. */
export interface EventFollower {
  /** Ids in the order of arrival. */
  readonly ids: string[];
  readonly names: Set<string>;
  reconnects(): number;
  close(): Promise<void>;
}

/** Follows one topic from now on until closed. */
export function followEvents(platform: Platform, topic: string): EventFollower {
  const ids: string[] = [];
  const names = new Set<string>();
  const stop = new AbortController();
  let connects = 0;
  let last: string | undefined;

  async function once(): Promise<void> {
    const { url, token } = platform.signIn();
    const response = await fetch(new URL(`/api/v1/events?topic=${encodeURIComponent(topic)}`, url), {
      headers: {
        authorization: `Bearer ${token}`,
        accept: 'text/event-stream',
        ...(last === undefined ? {} : { 'last-event-id': last }),
      },
      signal: stop.signal,
    });
    if (!response.ok || response.body === null) throw new Error(`events: ${response.status}`);
    connects += 1;
    const parse = createEventParser();
    const decoder = new TextDecoder();
    for await (const piece of response.body) {
      for (const event of parse(decoder.decode(piece as Uint8Array, { stream: true }))) {
        // Heartbeats carry an id too: the reader gets on where its topic is quiet.
        last = event.id ?? last;
        names.add(event.event);
        if (event.event === topic && event.id !== undefined) ids.push(event.id);
      }
    }
  }

  const done = (async () => {
    while (!stop.signal.aborted) {
      await once().catch(() => undefined);
      await sleep(200);
    }
  })();

  return {
    ids,
    names,
    reconnects: () => connects - 1,
    async close() {
      stop.abort();
      await done;
    },
  };
}
