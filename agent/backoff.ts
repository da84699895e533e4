/** Exponential back-off with full jitter: a random wait between 0 and min(most, least · 2^attempt), in milliseconds. */
export function fullJitter(
  attempt: number,
  leastMs: number,
  mostMs: number,
  random: () => number = Math.random,
): number {
  return Math.round(random() * Math.min(mostMs, leastMs * 2 ** Math.min(attempt, 30)));
}

/** Resolves after the time or as soon as the signal aborts; never rejects. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done);
  });
}
