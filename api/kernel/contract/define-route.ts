import { createRoute, z, type RouteConfig } from '@hono/zod-openapi';
import { reasonShape } from './reason.ts';
import { ruleKey, type RouteRule } from './rule.ts';

export const problemMediaType = 'application/problem+json';

/** RFC 9457. `reason` is a stable code with `params`, of which `detail` is made; `errors` names each wrong field as a dotted path. */
export const problemSchema = z
  .object({
    type: z.string().openapi({ example: 'urn:signalbox:problem:invalid-input' }),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    code: z.string().openapi({ example: 'invalid-input' }),
    reason: z.string().optional(),
    params: reasonShape.params.optional(),
    errors: z
      .array(
        z.object({
          field: z.string(),
          message: z.string(),
          reason: z.string().optional(),
          params: reasonShape.params.optional(),
        }),
      )
      .optional(),
    requestId: z.string(),
  })
  .catchall(z.unknown())
  .openapi('Problem');
export type ProblemBody = z.infer<typeof problemSchema>;

const problemResponse = {
  description: 'What is wrong, as problem+json',
  content: { [problemMediaType]: { schema: problemSchema } },
};

/** A route with its rule. Every answer that is not listed is a problem. */
export function defineRoute<P extends string, R extends Omit<RouteConfig, 'path'> & { path: P }>(
  rule: RouteRule,
  route: R,
) {
  return Object.assign(createRoute<P, R>({ ...route, responses: { ...route.responses, default: problemResponse } }), {
    [ruleKey]: rule,
  });
}

/** A JSON answer. */
export function json<Schema extends z.ZodType>(schema: Schema, description: string) {
  return { description, content: { 'application/json': { schema } } };
}

/** A JSON body that must be there. */
export function jsonBody<Schema extends z.ZodType>(schema: Schema) {
  return { required: true, content: { 'application/json': { schema } } };
}

/** Query of a list: pass `next` of a page as `cursor` of the one after it. */
export const pageQuery = {
  limit: z.coerce.number().int().min(1).max(500).default(50),
  cursor: z.string().max(1024).optional(),
};

/** A page; `next` is null on the last one. */
export function pageOf<Item extends z.ZodType>(item: Item) {
  return z.object({ items: z.array(item), next: z.string().nullable() });
}

/** A time: ISO 8601 in UTC. */
export const timeSchema = z.iso.datetime().openapi({ example: '2026-11-21T10:00:00.000Z' });

/** A flag in a query. */
export const flagQuery = z.enum(['true', 'false']).default('false');

/** Text of a search. */
export const searchQuery = z
  .string()
  .trim()
  .max(256)
  .refine((text) => !text.includes('\0'), 'must not contain a NUL byte')
  .optional();

/** Sent with POSTs that start work: the same key and body get the same answer, once. */
export const idempotencyHeaders = z.object({
  'idempotency-key': z
    .string()
    .regex(/^[\x21-\x7e]{1,128}$/, 'must be 1–128 visible ASCII characters')
    .optional(),
});
