import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createNudger, type TaskStanding } from './nudger.ts';

describe('createNudger', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  function nudged(
    send: (taskId: string) => Promise<void> = () => Promise.resolve(),
    look: () => Promise<TaskStanding> = () => Promise.resolve('waiting'),
  ) {
    const sent: { taskId: string; at: number }[] = [];
    const start = performance.now();
    const nudger = createNudger({
      look,
      send: (taskId) => {
        sent.push({ taskId, at: performance.now() - start });
        return send(taskId);
      },
      onError: () => undefined,
    });
    return { nudger, sent };
  }

  it('sends the first at once and the rest of a burst as one, 150 ms later', async () => {
    const { nudger, sent } = nudged();
    for (let count = 0; count < 100; count++) nudger.nudge('t1');
    nudger.nudge('t2');
    await vi.advanceTimersByTimeAsync(1);
    expect(sent.map((one) => one.taskId)).toEqual(['t1', 't2']);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(sent.map((one) => one.taskId)).toEqual(['t1', 't2', 't1']);
    expect(sent[2]?.at).toBeCloseTo(150, -1);
  });

  it('slows down to once a second for a task older than 10 s', async () => {
    const { nudger, sent } = nudged();
    for (let ms = 0; ms < 20_000; ms += 50) {
      nudger.nudge('t');
      await vi.advanceTimersByTimeAsync(50);
    }
    const young = sent.filter((one) => one.at < 10_000).length;
    const old = sent.filter((one) => one.at >= 10_500).length;
    expect(young).toBeGreaterThan(60);
    expect(old).toBeLessThanOrEqual(10);
    expect(old).toBeGreaterThanOrEqual(8);
  });

  it('has one under way per task, and goes on after a failure', async () => {
    let fail: ((error: Error) => void) | undefined;
    const { nudger, sent } = nudged(() => new Promise((_, reject) => (fail = reject)));
    nudger.nudge('t');
    nudger.nudge('t');
    await vi.advanceTimersByTimeAsync(5_000);
    expect(sent).toHaveLength(1);
    fail?.(new Error('Temporal is away'));
    await vi.advanceTimersByTimeAsync(200);
    expect(sent).toHaveLength(2);
  });

  it('goes once a second while nothing waits for a place, and at once when nothing is left to run', async () => {
    let standing: TaskStanding = 'running';
    const { nudger, sent } = nudged(undefined, () => Promise.resolve(standing));
    for (let ms = 0; ms < 5_000; ms += 50) {
      nudger.nudge('t');
      await vi.advanceTimersByTimeAsync(50);
    }
    expect(sent.length).toBeGreaterThanOrEqual(4);
    expect(sent.length).toBeLessThanOrEqual(6);
    const before = sent.length;
    standing = 'over';
    nudger.nudge('t');
    await vi.advanceTimersByTimeAsync(160);
    expect(sent.length).toBe(before + 1);
  });

  it('nudges all the same where the ledger cannot be asked', async () => {
    const { nudger, sent } = nudged(undefined, () => Promise.reject(new Error('the ledger is away')));
    nudger.nudge('t');
    nudger.nudge('t');
    await vi.advanceTimersByTimeAsync(200);
    expect(sent).toHaveLength(2);
  });
});
