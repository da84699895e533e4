import { because } from '../reasons.ts';
import type { FiringDecision, FiringSituation } from './schedule.ts';

/**
 * What becomes of a firing, asked in its own transaction. One that a person asks for is never late, and no pause holds it.
 * Whoever waits for an approval is not over: two approvals of one schedule would be two runs at once.
 */
export function decideFiring(situation: FiringSituation): FiringDecision {
  const { now, dueAt, byHand, paused, catchUpMs, overlap, predecessor, queued } = situation;
  const due = dueAt.toISOString();
  if (!byHand && now.getTime() - dueAt.getTime() > catchUpMs) {
    return { decision: 'miss', reason: because('too-late', { due }) };
  }
  if (paused && !byHand) return { decision: 'skip', reason: because('schedule-paused') };
  if (predecessor === undefined && queued === undefined) return { decision: 'start' };
  if (overlap === 'replace') {
    return { decision: 'queue', replace: true, reason: waitsFor(predecessor ?? { ...queued, dueAt, waits: false }) };
  }
  if (overlap === 'skip' && predecessor !== undefined) return { decision: 'skip', reason: waitsFor(predecessor) };
  if (queued !== undefined) {
    return { decision: 'skip', reason: because('one-waits-already', { due: queued.dueAt.toISOString() }) };
  }
  return { decision: 'queue', replace: false, reason: waitsFor(predecessor ?? { dueAt, waits: false }) };
}

function waitsFor({ dueAt, waits }: { dueAt: Date; waits: boolean }) {
  return because(waits ? 'predecessor-waits' : 'predecessor-runs', { due: dueAt.toISOString() });
}
