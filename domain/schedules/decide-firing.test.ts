import { describe, expect, it } from 'vitest';
import { decideFiring } from './decide-firing.ts';
import type { FiringSituation } from './schedule.ts';

const dueAt = new Date('2026-12-01T03:00:00Z');
const before = { dueAt: new Date('2026-12-01T02:00:00Z'), waits: false };
const situation = (more: Partial<FiringSituation> = {}): FiringSituation => ({
  now: new Date('2026-12-01T03:00:01Z'),
  dueAt,
  byHand: false,
  paused: false,
  catchUpMs: 600_000,
  overlap: 'skip',
  predecessor: undefined,
  queued: undefined,
  ...more,
});
const codeOf = (more: Partial<FiringSituation>) => {
  const made = decideFiring(situation(more));
  return made.decision === 'start' ? 'start' : `${made.decision} ${made.reason.code}`;
};

describe('a firing', () => {
  it('starts where nothing is in its way, also late within the catch-up window', () => {
    expect(codeOf({})).toBe('start');
    expect(codeOf({ now: new Date('2026-12-01T03:10:00Z') })).toBe('start');
    expect(codeOf({ now: new Date('2026-12-01T03:10:00.001Z') })).toBe('miss too-late');
  });

  it('is left out while the schedule is paused, unless a person asks for it', () => {
    expect(codeOf({ paused: true })).toBe('skip schedule-paused');
    expect(codeOf({ paused: true, byHand: true, now: new Date('2026-12-02T00:00:00Z') })).toBe('start');
  });

  it.each([
    ['skip', 'skip predecessor-runs'],
    ['queue', 'queue predecessor-runs'],
    ['replace', 'queue predecessor-runs'],
  ] as const)('meets a predecessor that runs: %s', (overlap, expected) => {
    expect(codeOf({ overlap, predecessor: before })).toBe(expected);
    expect(codeOf({ overlap, predecessor: { ...before, waits: true } })).toBe(
      expected.replace('predecessor-runs', 'predecessor-waits'),
    );
  });

  it('keeps one in the queue at most; a replacing one takes its place', () => {
    const queued = { dueAt: new Date('2026-12-01T02:30:00Z') };
    expect(codeOf({ overlap: 'queue', predecessor: before, queued })).toBe('skip one-waits-already');
    // The predecessor is just over, and the one in the queue has not begun yet.
    expect(codeOf({ overlap: 'queue', queued })).toBe('skip one-waits-already');
    expect(decideFiring(situation({ overlap: 'replace', predecessor: before, queued }))).toMatchObject({
      decision: 'queue',
      replace: true,
    });
  });
});
