import { describe, expect, it } from 'vitest';
import { createSequenceTracker } from './sequence.ts';

describe('createSequenceTracker', () => {
  it('sees no gap before the connection has caught up', () => {
    const tracker = createSequenceTracker();
    tracker.received(7);
    tracker.received(9);
    expect(tracker.hasGap()).toBe(false);
    tracker.caughtUp(9);
    expect(tracker.hasGap()).toBe(false);
  });

  it('sees a missing number, until it comes or is void', () => {
    const tracker = createSequenceTracker();
    tracker.caughtUp(3);
    tracker.received(5);
    expect(tracker.hasGap()).toBe(true);
    tracker.received(4);
    expect(tracker.hasGap()).toBe(false);
    tracker.received(8);
    tracker.caughtUp(7);
    expect(tracker.hasGap()).toBe(false);
  });
});
