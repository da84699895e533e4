import type { SignedIn } from '#api/kernel/http/env.ts';
import type { Database } from '#db/database.ts';
import {
  type EventPosition,
  formatEventPosition,
  type LiveEvent,
  readEventFloor,
  readEventsAfter,
} from '#ledger/kernel/live-events.ts';
import { findCallerByUserId, isStillSignedIn } from '#db/identity/callers.ts';
import { type EventHub, isAfter } from './event-hub.ts';
import type { Topics } from './topics.ts';

const heartbeatMs = 15_000;
const recheckMs = 3_000;
/** Bytes and events that may wait for one reader; who is slower is cut off and comes back with its last id. */
const maxWaitingBytes = 512 * 1024;
const maxWaitingEvents = 2_000;
/** A reader further behind than this starts anew instead of reading it all. */
const maxCatchUp = 10_000;
const catchUpBatch = 500;

export interface StreamOptions {
  readonly db: Database;
  readonly hub: EventHub;
  readonly topics: Topics;
  readonly caller: SignedIn;
  /** Topics as the caller asked for them, who was let to them. */
  readonly wanted: readonly string[];
  /** Undefined: from now on. */
  readonly after: EventPosition | undefined;
  /** Told once, however the stream ends; `slow`: the reader did not keep up. */
  readonly onClose: (why: 'gone' | 'slow' | 'refused' | 'failed') => void;
}

/** Frames of one SSE connection as bytes, with the means to end it from our side. */
export function createEventStream(options: StreamOptions): { body: ReadableStream<Uint8Array>; close: () => void } {
  const { db, hub, topics } = options;
  let { caller } = options;
  const wanted = new Set(options.wanted);
  const filter = topics.createFilter();
  const encoder = new TextEncoder();
  const waiting: LiveEvent[] = [];
  let position: EventPosition | undefined = options.after;
  let closed = false;
  let sending: Promise<void> | undefined;
  let caughtUp = false;
  let controller: ReadableStreamDefaultController<Uint8Array>;
  const timers: NodeJS.Timeout[] = [];

  function close(why: 'gone' | 'slow' | 'refused' | 'failed'): void {
    if (closed) return;
    closed = true;
    for (const timer of timers) clearInterval(timer);
    unlisten();
    waiting.length = 0;
    try {
      controller.close();
    } catch {
      // The reader is gone already.
    }
    options.onClose(why);
  }

  function write(frame: string): void {
    if (closed) return;
    if ((controller.desiredSize ?? 0) <= 0) return close('slow');
    controller.enqueue(encoder.encode(frame));
  }

  async function send(event: LiveEvent): Promise<void> {
    if (closed || (position !== undefined && !isAfter(event, position))) return;
    position = { xid: event.xid, id: event.id };
    const topic = topics.asAsked(caller, event.topic);
    if (topic === undefined || !wanted.has(topic)) return;
    const data = await filter(caller, event);
    if (data === undefined) return;
    write(`id: ${formatEventPosition(event)}\nevent: ${topic}\ndata: ${JSON.stringify(data)}\n\n`);
  }

  /** Reads from the ledger what happened between the reader's last id and now; what comes meanwhile waits. */
  async function catchUp(): Promise<void> {
    const now = await hub.positioned();
    if (position === undefined) {
      position = now;
      write(`id: ${formatEventPosition(position)}\n\n`);
      return;
    }
    if (isAfter(await readEventFloor(db), position)) return reset(now);
    for (let read = 0; !closed; read += catchUpBatch) {
      if (read >= maxCatchUp) return reset(now);
      const events: LiveEvent[] = await readEventsAfter(db, position, catchUpBatch);
      for (const event of events) await send(event);
      if (events.length < catchUpBatch) return;
    }
  }

  function reset(to: EventPosition): void {
    position = to;
    write(`id: ${formatEventPosition(to)}\nevent: reset\ndata: {}\n\n`);
  }

  function flush(): void {
    if (!caughtUp || closed || sending !== undefined) return;
    sending = (async () => {
      for (let event = waiting.shift(); event !== undefined && !closed; event = waiting.shift()) await send(event);
    })()
      .catch(() => close('failed'))
      .finally(() => {
        sending = undefined;
        if (waiting.length > 0) flush();
      });
  }

  const unlisten = hub.listen((events) => {
    for (const event of events) waiting.push(event);
    if (waiting.length > maxWaitingEvents) return close('slow');
    flush();
  });

  async function recheck(): Promise<void> {
    const { via, credentialId, actor } = caller;
    const current = (await isStillSignedIn(db, { via, id: credentialId, userId: actor.id }))
      ? await findCallerByUserId(db, actor.id)
      : undefined;
    if (current === undefined) return close('refused');
    caller = { ...current, via, credentialId };
    await topics.require(caller, options.wanted).catch(() => close('refused'));
  }

  const body = new ReadableStream<Uint8Array>(
    {
      start(started) {
        controller = started;
        controller.enqueue(encoder.encode('retry: 1000\n: signalbox\n\n'));
        timers.push(
          // Readers of quiet topics get on too: their last id must not fall behind what is pruned.
          setInterval(
            () => write(`: heartbeat\n${position === undefined ? '' : `id: ${formatEventPosition(position)}\n`}\n`),
            heartbeatMs,
          ),
          // While the ledger is away nobody can be refused, and nothing can be told either.
          setInterval(() => void recheck().catch(() => undefined), recheckMs),
        );
        catchUp()
          .then(() => {
            caughtUp = true;
            flush();
          })
          .catch(() => close('failed'));
      },
      cancel: () => close('gone'),
    },
    new ByteLengthQueuingStrategy({ highWaterMark: maxWaitingBytes }),
  );
  return { body, close: () => close('gone') };
}
