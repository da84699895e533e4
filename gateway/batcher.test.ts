import { describe, expect, it } from 'vitest';
import { createAttemptLimiter } from './attempt-limiter.ts';
import { createBatcher } from './batcher.ts';

describe('createBatcher', () => {
  it('runs what comes together as one batch, equal keys in different ones, and answers each item', async () => {
    const batches: string[][] = [];
    const batcher = createBatcher<string, string>({
      maxItems: 3,
      delayMs: 1,
      key: (item) => item,
      run: (items) => {
        batches.push([...items]);
        return Promise.resolve(items.map((item) => item.toUpperCase()));
      },
    });
    const answers = await Promise.all(['a', 'b', 'a', 'c', 'd'].map((item) => batcher.add(item)));
    expect(answers).toEqual(['A', 'B', 'A', 'C', 'D']);
    expect(batches).toEqual([
      ['a', 'b', 'c'],
      ['a', 'd'],
    ]);
    await batcher.idle();
  });

  it('tells every item of a batch that failed, and goes on', async () => {
    let fail = true;
    const batcher = createBatcher<number, number>({
      maxItems: 10,
      delayMs: 1,
      key: String,
      run: (items) => (fail ? Promise.reject(new Error('no')) : Promise.resolve(items)),
    });
    expect((await Promise.allSettled([batcher.add(1), batcher.add(2)])).map((one) => one.status)).toEqual([
      'rejected',
      'rejected',
    ]);
    fail = false;
    expect(await batcher.add(3)).toBe(3);
  });
});

describe('createAttemptLimiter', () => {
  it('blocks an address after its failures for the rest of the window, and no other', () => {
    let now = 0;
    const limiter = createAttemptLimiter({ failures: 2, windowMs: 1_000, now: () => now });
    limiter.failed('a');
    expect(limiter.blocked('a')).toBe(false);
    limiter.failed('a');
    expect([limiter.blocked('a'), limiter.blocked('b')]).toEqual([true, false]);
    now = 1_000;
    expect(limiter.blocked('a')).toBe(false);
  });
});
