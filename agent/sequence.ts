/**
 * Watches the numbers of a host's commands for gaps. Numbers of one connection may arrive out of order (several tasks
 * deliver side by side); numbers at or below the last `CaughtUp` that never came are void.
 */
export interface SequenceTracker {
  /** A command with this number is on disk. */
  received(seq: number): void;
  /** Everything outstanding up to this number has been sent. */
  caughtUp(seq: number): void;
  /** Is a number missing below one that came? Never so before the connection has caught up. */
  hasGap(): boolean;
}

export function createSequenceTracker(): SequenceTracker {
  let floor: number | undefined;
  const above = new Set<number>();
  const settle = () => {
    while (floor !== undefined && above.delete(floor + 1)) floor += 1;
  };
  return {
    received(seq) {
      if (floor === undefined || seq > floor) above.add(seq);
      settle();
    },
    caughtUp(seq) {
      floor = Math.max(floor ?? 0, seq);
      for (const number of above) if (number <= floor) above.delete(number);
      settle();
    },
    hasGap: () => floor !== undefined && above.size > 0,
  };
}
