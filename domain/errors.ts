import type { Action } from './names.ts';
import { because, type PlainCode, type Reason } from './reasons.ts';

/**
 * The closed list of things that can be wrong. api maps each once to problem+json, workflows and activities once to
 * ApplicationFailure; a switch over `type` is exhaustive.
 */
export const problemStatus = {
  'invalid-input': 422,
  'malformed-request': 400,
  unauthenticated: 401,
  forbidden: 403,
  'password-change-required': 403,
  'not-found': 404,
  conflict: 409,
  'not-in-this-state': 409,
  'idempotency-key-reused': 422,
  'too-large': 413,
  'too-many-requests': 429,
  unavailable: 503,
  internal: 500,
} as const;

export type ProblemType = keyof typeof problemStatus;

/**
 * One wrong input field: dotted path as the caller wrote it (`hosts.0`, `concurrency`), and what is wrong with it. A fault
 * in so many words comes from a schema.
 */
export interface FieldError {
  readonly field: string;
  readonly fault: string | Reason;
}

/**
 * An expected refusal: why, and `fields` where input was wrong (one of the two is there). `extra` carries what the refusal
 * is about (blockers of a delete). Its sentence is made where it is told.
 */
export class Problem extends Error {
  readonly type: ProblemType;
  readonly reason: Reason | undefined;
  readonly fields: readonly FieldError[];
  readonly extra: Readonly<Record<string, unknown>>;

  constructor(
    type: ProblemType,
    reason: Reason | undefined,
    more: {
      fields?: readonly FieldError[];
      extra?: Readonly<Record<string, unknown>>;
      cause?: unknown;
    } = {},
  ) {
    super(inShort(type, reason, more.fields), more.cause === undefined ? undefined : { cause: more.cause });
    this.name = 'Problem';
    this.type = type;
    this.reason = reason;
    this.fields = more.fields ?? [];
    this.extra = more.extra ?? {};
  }

  /** HTTP status of this kind of problem. */
  get status(): number {
    return problemStatus[this.type];
  }

  /** Bad input in these fields. */
  static input(fields: readonly FieldError[]): Problem {
    return new Problem('invalid-input', undefined, { fields });
  }

  /** Bad input in one field. */
  static field(field: string, fault: string | Reason): Problem {
    return Problem.input([{ field, fault }]);
  }
}

/** Told to those who may not know that the thing exists; the audit counts it as a refusal. */
export class HiddenProblem extends Problem {
  /** `field`: where in the input it was named. */
  constructor(code: PlainCode, field?: string) {
    super('not-found', because(code), { fields: fieldErrors(field, because(code)) });
  }
}

/** The refusal of a name that another thing has. */
export function nameTaken(field: string, name: string): Problem {
  const reason = because('name-taken', { name });
  return new Problem('conflict', reason, { fields: [{ field, fault: reason }] });
}

/** The refusal of what somebody has no right to, anywhere or on this node. */
export function forbidden(right: Action, node?: string, field?: string): Problem {
  const reason =
    node === undefined ? because('no-permission', { right }) : because('no-permission-on', { right, node });
  return new Problem('forbidden', reason, { fields: fieldErrors(field, reason) });
}

function fieldErrors(field: string | undefined, fault: Reason): FieldError[] {
  return field === undefined ? [] : [{ field, fault }];
}

/** For logs, where codes say more than sentences. */
function inShort(type: ProblemType, reason: Reason | undefined, fields: readonly FieldError[] = []): string {
  const code = (it: string | Reason): string =>
    typeof it === 'string'
      ? it
      : [it.code, ...Object.values(it.params).map((value) => JSON.stringify(value))].join(' ');
  if (reason !== undefined) return code(reason);
  return [type, ...fields.slice(0, 5).map(({ field, fault }) => `${field}: ${code(fault)}`)].join('; ');
}
