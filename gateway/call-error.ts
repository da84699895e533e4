import { Metadata, type ServiceError, status } from '@grpc/grpc-js';
import { Problem } from '#domain/errors.ts';

/** A refusal that a peer is told. `reason` is a stable word for metrics and logs. */
export class CallError extends Error {
  readonly code: status;
  readonly reason: string;

  constructor(code: status, reason: string, message: string) {
    super(message);
    this.name = 'CallError';
    this.code = code;
    this.reason = reason;
  }
}

/** What the peer gets for an error: our own refusals as they are, anything else without its details. */
export function toServiceError(error: unknown): ServiceError {
  if (error instanceof CallError) return serviceError(error.code, error.message);
  if (error instanceof Problem) return serviceError(status.FAILED_PRECONDITION, error.message);
  return serviceError(status.UNAVAILABLE, 'the gateway cannot do this right now, try again later');
}

function serviceError(code: status, details: string): ServiceError {
  return Object.assign(new Error(details), { code, details, metadata: new Metadata() });
}
