/** Remembers, in memory, how often a peer failed; whoever failed too often has to wait. */
export interface AttemptLimiter {
  blocked(address: string): boolean;
  failed(address: string): void;
}

const maxAddresses = 10_000;

/**
 * At most `failures` failures per address and window; successes are free. With more addresses than can be remembered
 * the oldest is forgotten: an attacker with ten thousand of them still needs 2^256 guesses.
 */
export function createAttemptLimiter(options: {
  failures: number;
  windowMs: number;
  now?: () => number;
}): AttemptLimiter {
  const now = options.now ?? Date.now;
  const seen = new Map<string, { since: number; failures: number }>();
  return {
    blocked(address) {
      const entry = seen.get(address);
      return entry !== undefined && now() - entry.since < options.windowMs && entry.failures >= options.failures;
    },
    failed(address) {
      const entry = seen.get(address);
      if (entry !== undefined && now() - entry.since < options.windowMs) {
        entry.failures += 1;
        return;
      }
      seen.delete(address);
      seen.set(address, { since: now(), failures: 1 });
      if (seen.size > maxAddresses) {
        const oldest = seen.keys().next().value;
        if (oldest !== undefined) seen.delete(oldest);
      }
    },
  };
}
