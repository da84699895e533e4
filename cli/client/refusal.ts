import { z } from 'zod';
import type { FieldError } from '#domain/errors.ts';

const problemSchema = z.object({
  type: z.string().default('about:blank'),
  title: z.string().optional(),
  detail: z.string().optional(),
  reason: z.string().optional(),
  requestId: z.string().optional(),
  fields: z.array(z.object({ field: z.string(), message: z.string() })).default([]),
});

/** A problem+json answer (RFC 9457): what the platform would not do, and why. */
export class Refusal extends Error {
  readonly status: number;
  /** Last part of the problem's type: `not-found`, `not-in-this-state` … */
  readonly type: string;
  readonly reason: string | undefined;
  readonly fields: readonly FieldError[];
  readonly requestId: string | undefined;
  /** The whole answer, for what a kind of refusal adds (the blockers of a delete). */
  readonly answer: Readonly<Record<string, unknown>>;

  constructor(status: number, answer: Readonly<Record<string, unknown>>, requestId: string | undefined) {
    const parsed = problemSchema.safeParse(answer);
    const problem = parsed.success ? parsed.data : problemSchema.parse({});
    super(problem.detail ?? problem.title ?? `the platform answered with status ${status}`);
    this.name = 'Refusal';
    this.status = status;
    this.type = problem.type.replace(/^.*[/:#]/, '');
    this.reason = problem.reason;
    this.fields = problem.fields;
    this.requestId = requestId ?? problem.requestId;
    this.answer = answer;
  }
}
