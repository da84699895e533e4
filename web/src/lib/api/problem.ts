/** A wrong field of the input, by its dotted path. */
export interface FieldError {
  readonly field: string;
  readonly message: string;
  /** Why, as a stable code with its parameters; a schema gives a message only. */
  readonly reason?: string;
  readonly params?: unknown;
}

interface ProblemBody {
  readonly title?: string;
  readonly detail?: string;
  readonly code?: string;
  readonly reason?: string;
  readonly params?: unknown;
  readonly errors?: readonly FieldError[];
  readonly requestId?: string;
}

/** A refusal of the api as it told it (problem+json), or `code: 'offline'` where it did not answer at all. */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem';
  /** HTTP status; 0 where there was no answer. */
  readonly status: number;
  readonly title: string;
  readonly code: string;
  /** A stable code for programs, with its parameters. */
  readonly reason: string | undefined;
  readonly params: unknown;
  readonly errors: readonly FieldError[];
  readonly requestId: string | undefined;
  /** The whole body, with what is special to this refusal. */
  readonly body: Readonly<Record<string, unknown>>;

  constructor(status: number, body: ProblemBody) {
    super(body.detail ?? body.title ?? `HTTP ${status}`);
    this.status = status;
    this.title = body.title ?? 'Error';
    this.code = body.code ?? 'internal';
    this.reason = body.reason;
    this.params = body.params;
    this.errors = body.errors ?? [];
    this.requestId = body.requestId;
    this.body = { ...body };
  }

  /** What is wrong with a field, or with one below it. */
  fieldError(field: string): FieldError | undefined {
    return this.errors.find((error) => error.field === field || error.field.startsWith(`${field}.`));
  }

  /** Whether trying again later may help without any change of the request. */
  get isTemporary(): boolean {
    return this.status === 0 || this.status === 429 || this.status === 502 || this.status === 503;
  }
}

/** Any error as a problem that can be shown. */
export function asProblem(error: unknown): ApiProblem {
  if (error instanceof ApiProblem) return error;
  return new ApiProblem(0, { code: 'client', detail: error instanceof Error ? error.message : String(error) });
}
