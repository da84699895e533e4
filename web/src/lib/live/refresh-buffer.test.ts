import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { RefreshBuffer } from './refresh-buffer.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

describe('the buffer of refreshes', () => {
  it('makes one call of a burst, and at most one a second of a flood; the last event is never lost', async () => {
    const buffer = new RefreshBuffer();
    const at: number[] = [];
    const start = Date.now();
    const handle = buffer.add(() => at.push(Date.now() - start));
    for (let n = 0; n < 500; n++) {
      handle.mark();
      await pass(10);
    }
    await pass(5_000);
    expect(at.length).toBeGreaterThanOrEqual(5);
    expect(at.length).toBeLessThanOrEqual(7);
    expect(at.slice(1).every((time, index) => time - (at[index] ?? 0) >= 1_000)).toBe(true);
    expect(at.at(-1)).toBeGreaterThanOrEqual(4_990);
  });

  it('has at most four rounds a second, however many there are', async () => {
    const buffer = new RefreshBuffer();
    const rounds = new Set<number>();
    const handles = Array.from({ length: 40 }, () => buffer.add(() => rounds.add(Date.now())));
    for (let n = 0; n < 200; n++) {
      handles[n % 40]?.mark();
      await pass(25);
    }
    await pass(2_000);
    expect(rounds.size).toBeLessThanOrEqual(29);
    expect(rounds.size).toBeGreaterThan(5);
  });

  it('calls nothing while paused, and what was due once on going on', async () => {
    const buffer = new RefreshBuffer();
    const [seen, quiet] = [vi.fn(), vi.fn()];
    const handle = buffer.add(seen);
    buffer.add(quiet);
    buffer.pause(true);
    handle.mark();
    handle.mark();
    await pass(60_000);
    expect(seen).not.toHaveBeenCalled();
    buffer.pause(false);
    await pass(50);
    expect(seen).toHaveBeenCalledTimes(1);
    expect(quiet).not.toHaveBeenCalled();
  });

  it('waits for a slow refresh before it calls it again, and survives one that fails', async () => {
    const buffer = new RefreshBuffer();
    const slow = Promise.withResolvers<void>();
    const calls = vi.fn(() => (calls.mock.calls.length === 1 ? slow.promise : undefined));
    const handle = buffer.add(calls);
    handle.mark();
    await pass(50);
    handle.mark();
    await pass(5_000);
    expect(calls).toHaveBeenCalledTimes(1);
    slow.reject(new Error('no connection'));
    await pass(50);
    expect(calls).toHaveBeenCalledTimes(2);
  });

  it('never calls what has been cancelled', async () => {
    const buffer = new RefreshBuffer();
    const gone = vi.fn();
    const handle = buffer.add(gone);
    handle.mark();
    handle.cancel();
    buffer.markAll();
    await pass(5_000);
    expect(gone).not.toHaveBeenCalled();
  });
});
