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

/** One wrong input field: dotted path as the caller wrote it (`hosts.0`, `concurrency`), and what is wrong with it. */
export interface FieldError {
  readonly field: string;
  readonly message: string;
}

/**
 * An expected refusal: the caller is told `detail`, and `fields` where input was wrong. `reason` is a stable word for
 * programs (`task-ended`, `kill-already-requested`); `extra` carries what the refusal is about (blockers of a delete).
 */
export class Problem extends Error {
  readonly type: ProblemType;
  readonly reason: string | undefined;
  readonly fields: readonly FieldError[];
  readonly extra: Readonly<Record<string, unknown>>;

  constructor(
    type: ProblemType,
    detail: string,
    more: {
      reason?: string;
      fields?: readonly FieldError[];
      extra?: Readonly<Record<string, unknown>>;
      cause?: unknown;
    } = {},
  ) {
    super(detail, more.cause === undefined ? undefined : { cause: more.cause });
    this.name = 'Problem';
    this.type = type;
    this.reason = more.reason;
    this.fields = more.fields ?? [];
    this.extra = more.extra ?? {};
  }

  /** HTTP status of this kind of problem. */
  get status(): number {
    return problemStatus[this.type];
  }

  /** Bad input in one field. */
  static field(field: string, message: string): Problem {
    return new Problem('invalid-input', `${field}: ${message}`, { fields: [{ field, message }] });
  }
}

/** Told to those who may not know that the thing exists; the audit counts it as a refusal. */
export class HiddenProblem extends Problem {
  /** `field`: where in the input it was named. */
  constructor(what: string, field?: string) {
    super('not-found', `There is no such ${what}`, { fields: fieldErrors(field, `there is no such ${what}`) });
  }
}

function fieldErrors(field: string | undefined, message: string): FieldError[] {
  return field === undefined ? [] : [{ field, message }];
}

/** The refusal of what somebody has no right to. `where` follows the verb (` on shop.web`). */
export function forbidden(action: string, where = '', field?: string): Problem {
  const detail = `You may not do this${where} (${action})`;
  return new Problem('forbidden', detail, { reason: action, fields: fieldErrors(field, `no permission (${action})`) });
}
