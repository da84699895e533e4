import { ActivityFailure, ApplicationFailure } from '@temporalio/workflow';

/** Throws what an activity threw, with its type. */
export function rethrowTyped(error: unknown): never {
  if (error instanceof ActivityFailure && error.cause instanceof ApplicationFailure) {
    const { type, message } = error.cause;
    throw ApplicationFailure.create({ type: type ?? 'internal', message, nonRetryable: true });
  }
  throw error;
}
