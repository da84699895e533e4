import { type OpenAPIHono, type RouteConfig, type RouteHandler } from '@hono/zod-openapi';
import { ruleKey, type RouteRule } from '#api/kernel/contract/rule.ts';
import type { Database } from '#db/database.ts';
import type { ApiEnv } from './env.ts';
import { guard } from './guard.ts';
import { receive } from './receive.ts';
import type { Subjects } from './subject.ts';

/** A route as it was registered, for the document and for the test that walks them all. */
export interface RegisteredRoute {
  readonly method: string;
  readonly path: string;
  readonly rule: RouteRule;
}

/** Adds a route with its handler, behind the guard that its rule asks for. */
export type Register = <Route extends RouteConfig & { [ruleKey]: RouteRule }>(
  route: Route,
  handler: RouteHandler<Route, ApiEnv>,
) => void;

/**
 * The only way a route gets onto the api: behind its guard, and taking only input that its contract names. One without a
 * rule is refused when the api is made.
 */
export function createRegister(
  app: OpenAPIHono<ApiEnv>,
  db: Database,
  subjects: Subjects,
): { register: Register; routes: readonly RegisteredRoute[] } {
  const routes: RegisteredRoute[] = [];
  const register: Register = (route, handler) => {
    const rule = (route as Partial<typeof route>)[ruleKey];
    if (rule === undefined) throw new Error(`${route.method} ${route.path} has no rule: say who may call it`);
    routes.push({ method: route.method.toUpperCase(), path: route.path, rule });
    const middleware = [
      guard(rule, db, { subjects, evenBeforePasswordChange: route.path === '/api/v1/whoami' }),
      receive(route),
    ];
    app.openapi({ ...route, middleware } as never, handler as never);
  };
  return { register, routes };
}
