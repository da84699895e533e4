import type { Hook } from '@hono/zod-openapi';
import { Problem, type FieldError } from '#domain/errors.ts';
import { because } from '#domain/reasons.ts';
import { reasonOfIssue } from '#domain/schema-fault.ts';
import type { ApiEnv } from './env.ts';

/** The shape of what zod says is wrong. */
interface Issue {
  readonly path: readonly PropertyKey[];
  readonly message: string;
  readonly code?: string | undefined;
  readonly format?: string | undefined;
  readonly keys?: readonly string[];
  readonly params?: unknown;
}

/** Each issue as a dotted path (`target.hosts.0`) with what is wrong. */
export function fieldErrors(issues: readonly Issue[], target?: string): FieldError[] {
  return issues.slice(0, 100).map((issue) => ({
    field: issue.path.map(String).join('.') || target || 'body',
    fault: reasonOfIssue(issue) ?? (issue.format === 'datetime' ? because('not-a-time') : issue.message),
  }));
}

/** Refuses input that is not as the contract says, naming each wrong field. */
export const refuseInvalid: Hook<unknown, ApiEnv, string, undefined> = (result) => {
  if (result.success) return undefined;
  const errors = fieldErrors(result.error.issues, result.target === 'json' ? 'body' : result.target);
  // A path that cannot be one of ours leads nowhere.
  if (result.target === 'param') throw new Problem('not-found', because('no-such-address'), { fields: errors });
  throw Problem.input(errors);
};
