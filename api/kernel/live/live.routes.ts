import { streamEvents } from './live.contract.ts';
import { createEventStream } from './event-stream.ts';
import { requireTopics } from './topics.ts';
import { callerOf } from '#api/kernel/http/guard.ts';
import type { Register } from '#api/kernel/http/register.ts';
import { parseEventPosition } from '#ledger/kernel/live-events.ts';
import { Problem } from '#domain/errors.ts';
import type { Metrics } from '#platform/metrics.ts';
import type { RouteDeps } from '#api/kernel/deps.ts';

/** Streams that one process serves at most. */
const maxStreams = 2_000;

/** Live changes. Returns how to end all streams, for the stop of the process. */
export function addLiveRoutes(register: Register, deps: RouteDeps, metrics: Metrics): () => void {
  const { db } = deps.database;
  const open = new Set<() => void>();
  const gauge = metrics.gauge('signalbox_event_streams', 'Open streams of live events');
  const ended = metrics.counter('signalbox_event_streams_ended_total', 'Ended streams of live events, by reason', [
    'reason',
  ]);

  register(streamEvents, async (c) => {
    const query = c.req.valid('query');
    const caller = callerOf(c);
    const topics = [...new Set([query.topic].flat())];
    await requireTopics(db, caller, topics);
    const lastId = c.req.header('last-event-id') ?? query.lastEventId;
    const after = lastId === undefined || lastId === '' ? undefined : parseEventPosition(lastId);
    if (lastId !== undefined && lastId !== '' && after === undefined)
      throw Problem.field('lastEventId', 'is not an id of an event');
    if (open.size >= maxStreams) throw new Problem('unavailable', 'Too many streams are open here');

    const stream = createEventStream({
      ...{ db, hub: deps.hub, caller, topics, after },
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
