import { ApplicationFailure } from '@temporalio/common';

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Whether a text is the id of a row. */
export function isRowId(value: unknown): value is string {
  return typeof value === 'string' && uuid.test(value);
}

/** Validator of every Update that carries the id of an operation: refuses what is none, before anything is written. */
export function refuseWithoutId(input: { readonly operationId: string } | undefined): void {
  if (!isRowId(input?.operationId)) {
    throw ApplicationFailure.nonRetryable('operationId must be the id of an operation', 'invalid-input');
  }
}
