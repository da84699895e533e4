import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createNudger } from './nudger.ts';

describe('createNudger', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  function nudged(send: (taskId: string) => Promise<void> = () => Promise.resolve()) {
    const sent: { taskId: string; at: number }[] = [];
    const start = performance.now();
    const nudger = createNudger({
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

  it('sends nothing more once it is stopped', async () => {
    const { nudger, sent } = nudged();
    nudger.nudge('t');
    nudger.nudge('t');
    nudger.stop();
    nudger.nudge('other');
    await vi.advanceTimersByTimeAsync(1_000);
    expect(sent).toHaveLength(1);
  });
});
