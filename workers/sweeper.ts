import type { Logger } from '#platform/logging.ts';
import type { Service } from '#platform/process.ts';
import type { Lane } from './lane.ts';

/**
 * Does again what got lost on its way, each lane by itself: one that fails or hangs delays no other. Any number of sweepers
 * may run side by side. `sweep()` does one round of every lane, for tests.
 */
export function createSweeper(lanes: readonly Lane[], logger: Logger): Service & { sweep(): Promise<void> } {
  const stopping = new AbortController();
  const timers = new Map<Lane, NodeJS.Timeout>();
  const rounds = new Map<Lane, Promise<void>>();

  async function round(lane: Lane): Promise<void> {
    try {
      await lane.round(stopping.signal);
    } catch (error) {
      logger.warn({ err: error, lane: lane.name }, 'sweep failed, trying again');
    }
  }

  function schedule(lane: Lane, delayMs: number): void {
    if (stopping.signal.aborted) return;
    const begin = () =>
      rounds.set(
        lane,
        round(lane).then(() => schedule(lane, lane.everyMs)),
      );
    timers.set(lane, setTimeout(begin, delayMs));
  }

  return {
    name: 'sweeper',
    async sweep() {
      await Promise.all(lanes.map(round));
    },
    start() {
      for (const lane of lanes) schedule(lane, 0);
      return Promise.resolve();
    },
    async stop() {
      stopping.abort();
      for (const timer of timers.values()) clearTimeout(timer);
      await Promise.all(rounds.values());
    },
  };
}
