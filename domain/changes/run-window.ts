import { Problem } from '../errors.ts';
import { because } from '../reasons.ts';

/** A planned run may be so late at most, before its approval expires, when no expiry was given. Milliseconds. */
export const defaultRunWindowMs = 3_600_000;

/** When something may run. */
export interface RunWindow {
  /** Undefined: as soon as it is let go. */
  readonly runAt: Date | undefined;
  /** Where there is a run time, there is an expiry. */
  readonly expiresAt: Date | undefined;
}

/** The window that was asked for, in ISO 8601. Times that are past are bad input. */
export function runWindowOf(
  asked: { readonly runAt?: string | undefined; readonly expiresAt?: string | undefined },
  now: Date,
): RunWindow {
  const runAt = asked.runAt === undefined ? undefined : new Date(asked.runAt);
  if (runAt !== undefined && runAt <= now) throw Problem.field('runAt', because('run-time-in-the-past'));
  if (asked.expiresAt === undefined) {
    return { runAt, expiresAt: runAt === undefined ? undefined : new Date(runAt.getTime() + defaultRunWindowMs) };
  }
  const expiresAt = new Date(asked.expiresAt);
  if (expiresAt <= (runAt ?? now)) {
    throw Problem.field('expiresAt', because(runAt === undefined ? 'expiry-in-the-past' : 'expires-before-it-runs'));
  }
  return { runAt, expiresAt };
}
