import type { PoolClient } from 'pg';
import type { DatabaseHandle } from '#db/database.ts';
import {
  currentEventPosition,
  eventChannel,
  type EventPosition,
  type LiveEvent,
  readEventsAfter,
} from '#ledger/kernel/live-events.ts';
import type { Logger } from '#platform/logging.ts';

const pollMs = 1_000;
/** After a NOTIFY the row may wait for an older open transaction: look again soon, then leave it to the poll. */
const lookAgainMs = [0, 30, 100, 300];
const batch = 500;

/** Hands each committed event to every listener of this process, in commit-safe order, from one reader. */
export interface EventHub {
  start(): void;
  stop(): Promise<void>;
  /** Hears of everything after {@link position} as it is now. Returns how to stop listening. */
  listen(listener: (events: readonly LiveEvent[]) => void): () => void;
  /**
   * Up to where listeners have been told, once there has been a first look at the ledger. Who wants everything after a
   * place of their own listens, waits for this, and reads up to now: without the wait, what commits between that read and
   * the first look would reach nobody. Rejects where the hub stops before.
   */
  positioned(): Promise<EventPosition>;
}

/** Whether `a` comes after `b`. */
export function isAfter(a: EventPosition, b: EventPosition): boolean {
  const [ax, bx] = [BigInt(a.xid), BigInt(b.xid)];
  return ax === bx ? BigInt(a.id) > BigInt(b.id) : ax > bx;
}

/** Reads on NOTIFY and, where that gets lost (a broken connection), every second. */
export function createEventHub({ database, logger }: { database: DatabaseHandle; logger: Logger }): EventHub {
  const listeners = new Set<(events: readonly LiveEvent[]) => void>();
  let position: EventPosition | undefined;
  let stopped = true;
  let reading: Promise<void> | undefined;
  let again = false;
  let poll: NodeJS.Timeout | undefined;
  const soon = new Set<NodeJS.Timeout>();
  let notified: PoolClient | undefined;
  let connecting: Promise<void> | undefined;
  const firstLook = Promise.withResolvers<EventPosition>();
  firstLook.promise.catch(() => undefined);

  async function readNew(): Promise<void> {
    position ??= await currentEventPosition(database.db);
    firstLook.resolve(position);
    for (;;) {
      const events = await readEventsAfter(database.db, position, batch);
      const last = events.at(-1);
      if (last === undefined) return;
      position = { xid: last.xid, id: last.id };
      for (const listener of listeners) listener(events);
      if (events.length < batch) return;
    }
  }

  function look(): void {
    if (stopped) return;
    if (reading !== undefined) {
      again = true;
      return;
    }
    reading = readNew()
      .catch((error: unknown) => logger.debug({ err: error }, 'live events cannot be read now'))
      .finally(() => {
        reading = undefined;
        if (again) {
          again = false;
          look();
        }
      });
  }

  function lookSoon(): void {
    for (const ms of lookAgainMs) {
      const timer = setTimeout(() => {
        soon.delete(timer);
        look();
      }, ms);
      soon.add(timer);
    }
  }

  function connect(): void {
    if (stopped || notified !== undefined || connecting !== undefined) return;
    connecting = subscribe()
      .catch((error: unknown) => logger.debug({ err: error }, 'no LISTEN now; events come by polling'))
      .finally(() => (connecting = undefined));
  }

  async function subscribe(): Promise<void> {
    const client = await database.pool.connect();
    const lose = () => {
      if (notified !== client) return;
      notified = undefined;
      client.release(true);
    };
    client.on('error', lose);
    client.on('end', lose);
    client.on('notification', lookSoon);
    try {
      await client.query(`listen ${eventChannel}`);
    } catch (error) {
      client.release(true);
      throw error;
    }
    if (stopped) client.release(true);
    else notified = client;
  }

  return {
    start() {
      if (!stopped) return;
      stopped = false;
      poll = setInterval(() => {
        connect();
        look();
      }, pollMs);
      connect();
      look();
    },
    async stop() {
      stopped = true;
      clearInterval(poll);
      for (const timer of soon) clearTimeout(timer);
      soon.clear();
      await connecting;
      await reading;
      const client = notified;
      notified = undefined;
      client?.release(true);
      listeners.clear();
      firstLook.reject(new Error('the hub of live events has stopped'));
    },
    listen(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    positioned: async () => position ?? firstLook.promise,
  };
}
