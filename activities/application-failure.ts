import { ApplicationFailure } from '@temporalio/common';
import { Problem, type ProblemType } from '#domain/errors.ts';

/** Problems that pass by themselves; the activity is tried again. */
const passing: readonly ProblemType[] = ['unavailable', 'internal', 'too-many-requests'];

/**
 * The one place where what went wrong becomes a Temporal failure: a {@link Problem} keeps its type and is final unless it
 * passes by itself; anything else (a lost connection, a bug) is thrown as it is, and tried again.
 */
export function toApplicationFailure(error: unknown): unknown {
  if (!(error instanceof Problem)) return error;
  return ApplicationFailure.create({
    type: error.type,
    message: error.message,
    nonRetryable: !passing.includes(error.type),
    details: error.reason === undefined ? [] : [error.reason],
    cause: error,
  });
}

/** Activities whose problems are Temporal failures. */
export function withApplicationFailures<Input, Output>(
  activity: (input: Input) => Promise<Output>,
): (input: Input) => Promise<Output> {
  return async (input) => {
    try {
      return await activity(input);
    } catch (error) {
      throw toApplicationFailure(error);
    }
  };
}
