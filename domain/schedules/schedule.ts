import type { Reason } from '../reasons.ts';

/** What becomes of a firing whose predecessor is not over: left out, kept until it is over, or the predecessor is ended. */
export const overlapPolicies = ['skip', 'queue', 'replace'] as const;
export type OverlapPolicy = (typeof overlapPolicies)[number];

/**
 * `started`: what it asks for went through the door; `queued`: waits for its predecessor; `skipped`: its predecessor was
 * not over, or the schedule was paused; `missed`: nobody was there in time; `refused`: the door did not let it through.
 */
export const firingStates = ['started', 'queued', 'skipped', 'missed', 'refused'] as const;
export type FiringState = (typeof firingStates)[number];

export const scheduleLimits = {
  /** How late a firing may be. Milliseconds. */
  catchUpMs: { least: 60_000, default: 600_000, most: 7 * 86_400_000 },
  /** Firings that are told in advance. */
  next: 100,
} as const;

/** A firing before this one that is not over. */
export interface Predecessor {
  readonly dueAt: Date;
  /** Whether it waits for an approval. */
  readonly waits: boolean;
}

/** What a firing finds. Times are by the ledger's clock. */
export interface FiringSituation {
  readonly now: Date;
  readonly dueAt: Date;
  readonly byHand: boolean;
  readonly paused: boolean;
  readonly catchUpMs: number;
  readonly overlap: OverlapPolicy;
  /** The last one that was started, while it is not over. */
  readonly predecessor: Predecessor | undefined;
  /** One that waits for the predecessor already. */
  readonly queued: { readonly dueAt: Date } | undefined;
}

/** What to do with a firing. */
export type FiringDecision =
  | { readonly decision: 'start' }
  | { readonly decision: 'skip' | 'miss'; readonly reason: Reason }
  /** It waits; `replace`: the predecessor is ended, and what waited before gives way. */
  | { readonly decision: 'queue'; readonly replace: boolean; readonly reason: Reason };
