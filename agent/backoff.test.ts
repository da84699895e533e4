import { describe, expect, it } from 'vitest';
import { fullJitter, pause } from './backoff.ts';

describe('fullJitter', () => {
  it('doubles its upper limit up to the most, and takes any time below it', () => {
    const highest = [0, 1, 2, 10, 1000].map((attempt) => fullJitter(attempt, 500, 30_000, () => 1));
    expect(highest).toEqual([500, 1_000, 2_000, 30_000, 30_000]);
    expect(fullJitter(3, 500, 30_000, () => 0)).toBe(0);
  });
});

describe('pause', () => {
  it('ends at once when the agent stops', async () => {
    const stopping = new AbortController();
    const paused = pause(60_000, stopping.signal);
    stopping.abort();
    await paused;
    await pause(60_000, stopping.signal);
  });
});
