import type { Context } from 'hono';
import { HTTPException } from 'hono/http-exception';
import type { Logger } from '#platform/logging.ts';
import { type ProblemBody, problemMediaType } from '#api/kernel/contract/define-route.ts';
import { isRetryable } from '#db/retry.ts';
import { type FieldError, Problem, problemStatus, type ProblemType } from '#domain/errors.ts';
import { because, type Reason } from '#domain/reasons.ts';
import { inEnglish } from '#words/english.ts';
import type { ApiEnv } from './env.ts';
import { paramsOf } from './told-reason.ts';

const titles: Record<ProblemType, string> = {
  'invalid-input': 'The input is wrong',
  'malformed-request': 'The request cannot be read',
  unauthenticated: 'Sign in first',
  forbidden: 'Not allowed',
  'password-change-required': 'Change the password first',
  'not-found': 'Not found',
  conflict: 'Conflict with what is there',
  'not-in-this-state': 'Not possible in this state',
  'idempotency-key-reused': 'Idempotency-Key used for another request',
  'too-large': 'Too large',
  'too-many-requests': 'Too many requests',
  unavailable: 'Not available now',
  internal: 'Internal error',
};

/** Longest body of a request. */
export const maxBodyBytes = 8 * 1024 * 1024;

/** Seconds after which to try again, where that helps. */
const retryAfterSeconds: Partial<Record<ProblemType, number>> = { unavailable: 2, 'too-many-requests': 30 };

/** A problem as RFC 9457 wants it. */
export function problemResponse(c: Context<ApiEnv>, problem: Problem, retryAfter?: number): Response {
  const reason = problem.reason ?? reasonOfFields(problem);
  const body: ProblemBody = {
    ...problem.extra,
    type: `urn:signalbox:problem:${problem.type}`,
    title: titles[problem.type],
    status: problemStatus[problem.type],
    detail: detailOf(problem),
    code: problem.type,
    requestId: c.get('requestId'),
    ...(reason === undefined ? {} : { reason: reason.code, params: paramsOf(reason) }),
    ...(problem.fields.length === 0 ? {} : { errors: problem.fields.map(fieldAnswer) }),
  };
  const wait = retryAfter ?? retryAfterSeconds[problem.type];
  if (wait !== undefined) c.header('Retry-After', String(wait));
  if (problem.type === 'unauthenticated') c.header('WWW-Authenticate', 'Bearer realm="signalbox"');
  return c.body(JSON.stringify(body), problemStatus[problem.type], { 'content-type': problemMediaType });
}

/** Fields of which the detail speaks; all are in `errors`. */
const fieldsInDetail = 5;

/** A refusal as an English sentence. */
function detailOf({ type, reason, fields }: Problem): string {
  if (reason !== undefined) return inEnglish(reason);
  if (fields.length === 0) return titles[type];
  return fields
    .slice(0, fieldsInDetail)
    .map(({ field, fault }) => `${field}: ${faultText(fault)}`)
    .join('; ');
}

/** The first reason that a field has. */
function reasonOfFields({ fields }: Problem): Reason | undefined {
  for (const { fault } of fields) if (typeof fault !== 'string') return fault;
  return undefined;
}

function fieldAnswer({ field, fault }: FieldError) {
  const message = faultText(fault);
  return typeof fault === 'string'
    ? { field, message }
    : { field, message, reason: fault.code, params: paramsOf(fault) };
}

function faultText(fault: FieldError['fault']): string {
  return typeof fault === 'string' ? fault : inEnglish(fault);
}

/** What an error means to the caller. Unexpected ones are logged with their stack and told without it. */
export function toProblem(error: unknown, logger: Logger): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof HTTPException) return fromHttp(error);
  if (isDatabaseAway(error)) {
    logger.warn({ err: error }, 'the database cannot be reached');
    return new Problem('unavailable', because('database-away'), { cause: error });
  }
  const code = sqlState(error);
  if (isRetryable(error) || code === '57014') {
    return new Problem('unavailable', because('too-busy'), { cause: error });
  }
  if (code === '23505') return new Problem('conflict', because('is-there-already'), { cause: error });
  if (code === '23503') return new Problem('conflict', because('changed-meanwhile'), { cause: error });
  if (
    code === '22P02' ||
    code === '22021' ||
    code === '22P05' ||
    code === '22003' ||
    code === '22007' ||
    code === '22008'
  ) {
    return new Problem('invalid-input', because('cannot-be-stored'), { cause: error });
  }
  logger.error({ err: error }, 'unexpected error');
  return new Problem('internal', because('internal'), { cause: error });
}

function fromHttp(error: HTTPException): Problem {
  if (error.status === 413) return new Problem('too-large', because('body-too-large', { most: maxBodyBytes }));
  if (error.status === 415) return new Problem('malformed-request', because('media-type'));
  if (error.status === 400)
    return new Problem('malformed-request', because('unreadable', { fault: error.message || 'Bad Request' }));
  return new Problem('internal', because('internal'), { cause: error });
}

function sqlState(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : undefined;
}

const awayCodes =
  /^(ECONNREFUSED|ECONNRESET|EPIPE|ENOENT|ETIMEDOUT|EHOSTUNREACH|ENOTFOUND|EAI_AGAIN|25P03|57P0\d|08\w{3}|53300)$/;

/** Whether an error says that PostgreSQL is not there (or not ready, or full, or ended the session) rather than that a query is wrong. */
export function isDatabaseAway(error: unknown): boolean {
  if (error instanceof AggregateError) return error.errors.some(isDatabaseAway);
  if (!(error instanceof Error)) return false;
  const code = sqlState(error);
  if (code !== undefined && awayCodes.test(code)) return true;
  return (
    /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error)/.test(
      error.message,
    ) || isDatabaseAway(error.cause)
  );
}
