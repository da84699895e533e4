import { type RouteConfig, z } from '@hono/zod-openapi';
import type { Context, MiddlewareHandler } from 'hono';
import { Problem } from '#domain/errors.ts';
import type { ApiEnv } from './env.ts';
import { readJson } from './json-body.ts';
import { unknownFieldsOf } from './unknown-fields.ts';

/** Refuses input that the contract of a route does not name, and keeps the body as it was sent (`sent`). */
export function receive(route: RouteConfig): MiddlewareHandler<ApiEnv> {
  const inQuery = unknownFieldsOf(route.request?.query ?? z.object({}));
  const inBody = unknownFieldsOf(bodySchemaOf(route) ?? z.object({}));
  return async (c, next) => {
    const sent = await readSent(c);
    c.set('sent', sent);
    const unknown = [...inQuery(c.req.queries()), ...inBody(sent)];
    if (unknown.length > 0) throw Problem.input(unknown);
    return next();
  };
}

function bodySchemaOf({ request }: RouteConfig): z.ZodType | undefined {
  const content = request?.body?.content['application/json'];
  return content !== undefined && 'schema' in content && content.schema instanceof z.ZodType
    ? content.schema
    : undefined;
}

/** What is no JSON is for the contract to refuse. */
async function readSent(c: Context<ApiEnv>): Promise<unknown> {
  return c.req.method === 'GET' ? undefined : (await readJson(c))?.value;
}
