import { defineStreamEvents } from './live.contract.ts';
import { createEventStream } from './event-stream.ts';
import type { EventHub } from './event-hub.ts';
import type { Topics } from './topics.ts';
import { callerOf } from '#api/kernel/http/guard.ts';
import type { Register } from '#api/kernel/http/register.ts';
import type { Database } from '#db/database.ts';
import { parseEventPosition } from '#ledger/kernel/live-events.ts';
import { Problem } from '#domain/errors.ts';
import { because } from '#domain/reasons.ts';
import type { Metrics } from '#platform/metrics.ts';

/** Streams that one process serves at most. */
const maxStreams = 2_000;

/** Live changes. Returns how to end all streams, for the stop of the process. */
export function addLiveRoutes(
  register: Register,
  deps: { readonly db: Database; readonly hub: EventHub; readonly topics: Topics; readonly metrics: Metrics },
): () => void {
  const { db, hub, topics, metrics } = deps;
  const open = new Set<() => void>();
  const gauge = metrics.gauge('signalbox_event_streams', 'Open streams of live events');
  const ended = metrics.counter('signalbox_event_streams_ended_total', 'Ended streams of live events, by reason', [
    'reason',
  ]);

  register(defineStreamEvents(topics.description), async (c) => {
    const query = c.req.valid('query');
    const caller = callerOf(c);
    const wanted = [...new Set([query.topic].flat())];
    await topics.require(caller, wanted);
    const lastId = c.req.header('last-event-id') ?? query.lastEventId;
    const after = lastId === undefined || lastId === '' ? undefined : parseEventPosition(lastId);
    if (lastId !== undefined && lastId !== '' && after === undefined)
      throw Problem.field('lastEventId', because('not-an-event'));
    if (open.size >= maxStreams) throw new Problem('unavailable', because('too-many-streams'));

    const stream = createEventStream({
      db,
      hub,
      topics,
      caller,
      wanted,
      after,
      onClose: (reason) => {
        open.delete(stream.close);
        gauge.set(open.size);
        ended.inc({ reason });
      },
    });
    open.add(stream.close);
    gauge.set(open.size);
    c.req.raw.signal.addEventListener('abort', stream.close, { once: true });
    return c.body(stream.body, 200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    });
  });

  return () => {
    for (const close of [...open]) close();
  };
}
