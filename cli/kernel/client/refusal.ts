import { z } from 'zod';

/** One wrong field of a request, as the API names it. */
export interface WrongField {
  readonly field: string;
  readonly message: string;
}

const problemSchema = z.object({
  code: z.string().default('unknown'),
  title: z.string().optional(),
  detail: z.string().optional(),
  reason: z.string().optional(),
  requestId: z.string().optional(),
  errors: z.array(z.object({ field: z.string(), message: z.string() })).default([]),
});

/** A problem+json answer: what the platform would not do, and why. */
export class Refusal extends Error {
  readonly status: number;
  /** Kind of problem: `not-found`, `not-in-this-state` … */
  readonly code: string;
  readonly reason: string | undefined;
  readonly fields: readonly WrongField[];
  readonly requestId: string | undefined;
  /** The whole answer, for what a kind of refusal adds (the blockers of a delete). */
  readonly answer: Readonly<Record<string, unknown>>;

  constructor(status: number, answer: Readonly<Record<string, unknown>>, requestId: string | undefined) {
    const parsed = problemSchema.safeParse(answer);
    const problem = parsed.success ? parsed.data : problemSchema.parse({});
    super(problem.detail ?? problem.title ?? `the platform answered with status ${status}`);
    this.name = 'Refusal';
    this.status = status;
    this.code = problem.code;
    this.reason = problem.reason;
    this.fields = problem.errors;
    this.requestId = requestId ?? problem.requestId;
    this.answer = answer;
  }
}
