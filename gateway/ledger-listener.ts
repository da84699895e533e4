import type { Pool, PoolClient } from 'pg';

/** Hears what is announced in the ledger, on a connection of its own, which is opened again whenever it breaks. */
export interface LedgerListener {
  start(): void;
  stop(): void;
}

const againMs = 2_000;

/** Announcements are for speed: what is made while nothing listens is lost, so `onListening` is told each time it begins. */
export function createLedgerListener(options: {
  pool: Pool;
  channels: Readonly<Record<string, (payload: string | undefined) => void>>;
  onListening: () => void;
}): LedgerListener {
  const { pool, channels } = options;
  let listener: PoolClient | undefined;
  let again: NodeJS.Timeout | undefined;
  let stopped = false;

  async function listen(): Promise<void> {
    const client = await pool.connect();
    const lost = (error?: Error) => {
      if (listener !== client) return;
      listener = undefined;
      client.release(error ?? true);
      listenLater();
    };
    listener = client;
    client.on('error', lost);
    client.on('end', () => lost());
    client.on('notification', ({ channel, payload }) => channels[channel]?.(payload));
    try {
      for (const channel of Object.keys(channels)) await client.query(`listen ${channel}`);
    } catch (error) {
      lost(error as Error);
      return;
    }
    if (stopped) release();
    else options.onListening();
  }

  function listenLater(): void {
    if (stopped) return;
    again = setTimeout(() => {
      listen().catch(listenLater);
    }, againMs);
  }

  function release(): void {
    const client = listener;
    listener = undefined;
    // A connection that listens must not serve others.
    client?.release(true);
  }

  return {
    start() {
      listen().catch(listenLater);
    },
    stop() {
      stopped = true;
      clearTimeout(again);
      release();
    },
  };
}
