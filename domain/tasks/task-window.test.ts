import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countByGroup } from './host-run.ts';
import { taskStates } from './task.ts';
import { decide } from './task-policy.ts';
import { decideInWindow, windowDues, type WindowPosition } from './task-window.ts';

const hosts = fc.integer({ min: 0, max: 6 });
const positions: fc.Arbitrary<WindowPosition> = fc
  .record({
    state: fc.constantFrom(...taskStates),
    open: fc.boolean(),
    due: fc.constantFrom(undefined, ...windowDues),
    concurrency: fc.constantFrom(undefined, 1, 3, 100),
    errorLimit: fc.constantFrom(1, 3, Infinity),
    ready: hosts,
    running: hosts,
    succeeded: hosts,
    failed: hosts,
  })
  .map(({ ready, running, succeeded, failed, ...rest }) => ({
    ...rest,
    counts: countByGroup({ ready, running, succeeded, failed }),
    errors: failed,
  }));

describe('decideInWindow', () => {
  it('hands out only in an open window of a running task, never above its concurrency nor at its error limit', () => {
    fc.assert(
      fc.property(positions, (position) => {
        const decision = decideInWindow(position);
        if (decision.do !== 'hand-out') return;
        expect(position).toMatchObject({ open: true, state: 'running' });
        expect(position.errors).toBeLessThan(position.errorLimit);
        expect(decision.hosts).toBeGreaterThan(0);
        expect(decision.hosts).toBeLessThanOrEqual(position.counts.pending);
        expect(position.counts.running + decision.hosts).toBeLessThanOrEqual(position.concurrency ?? Infinity);
      }),
      { numRuns: 2_000 },
    );
  });

  it('wakes for every decision that an advance would make, and for none twice', () => {
    fc.assert(
      fc.property(positions, (position) => {
        const { state } = position;
        if (state !== 'running' && state !== 'paused' && state !== 'killing') return;
        const advance = decide({ ...position, state }).do;
        const due = { end: 'end', 'stop-handing-out': 'errors', wait: undefined, 'hand-out': undefined }[advance];
        const decision = decideInWindow(position);
        const woken = decision.do === 'wake' ? decision.due : undefined;
        expect(woken).toBe(due === position.due ? undefined : due);
      }),
      { numRuns: 2_000 },
    );
  });

  it('leaves alone what has not begun or has ended', () => {
    fc.assert(
      fc.property(positions, (position) => {
        if (['running', 'paused', 'killing'].includes(position.state)) return;
        expect(decideInWindow(position)).toEqual({ do: 'nothing' });
      }),
    );
  });
});
