import { OpenAPIHono } from '@hono/zod-openapi';
import { bodyLimit } from 'hono/body-limit';
import { secureHeaders } from 'hono/secure-headers';
import { sql } from 'kysely';
import { authenticate } from '#api/kernel/auth/authenticate.ts';
import { addAuthRoutes, type FirstUser } from '#api/kernel/auth/auth-routes.ts';
import type { Auth } from '#api/kernel/auth/better-auth.ts';
import { sameOriginOnly } from '#api/kernel/auth/same-origin.ts';
import type { ApiEnv } from '#api/kernel/http/env.ts';
import { maxBodyBytes, problemResponse, toProblem } from '#api/kernel/http/problem-response.ts';
import { auditRefusals } from '#api/kernel/http/refusal-audit.ts';
import { createRegister, type RegisteredRoute } from '#api/kernel/http/register.ts';
import { frameRequests } from '#api/kernel/http/request-frame.ts';
import { refuseInvalid } from '#api/kernel/http/validation.ts';
import type { RouteDeps } from '#api/kernel/deps.ts';
import { addLiveRoutes } from '#api/kernel/live/live.routes.ts';
import { createTopics } from '#api/kernel/live/topics.ts';
import { addWebFiles } from '#api/kernel/web/web-files.ts';
import { Problem } from '#domain/errors.ts';
import { because } from '#domain/reasons.ts';
import type { Metrics } from '#platform/metrics.ts';
import { rooms, subjects, topics } from './rooms.ts';

/** A script of the largest size, its environment, and some ten thousand host names fit well within this. */

/** Of answers that are no page: nothing in them may be run or framed. */
const dataPolicy = "default-src 'none'; frame-ancestors 'none'";

export interface ApiApp {
  readonly app: OpenAPIHono<ApiEnv>;
  /** Every route of the contract with its rule. */
  readonly routes: readonly RegisteredRoute[];
  /** Ends all live streams. */
  readonly closeStreams: () => void;
}

/** The whole HTTP surface. Before `isReady` only health and metrics answer. */
export function createApp(
  deps: RouteDeps & {
    auth: Auth;
    metrics: Metrics;
    trustedOrigins: readonly string[];
    firstUser: FirstUser;
    /** The built web. */
    webFolder: string;
    isReady: () => boolean;
  },
): ApiApp {
  const { database, logger, metrics } = deps;
  const app = new OpenAPIHono<ApiEnv>({ defaultHook: refuseInvalid as never });

  app.onError((error, c) => problemResponse(c, toProblem(error, logger.child({ requestId: c.get('requestId') }))));
  app.notFound((c) => problemResponse(c, new Problem('not-found', because('no-such-address'))));

  app.use(frameRequests(metrics, logger));
  app.use(
    secureHeaders({
      crossOriginResourcePolicy: 'same-origin',
      referrerPolicy: 'no-referrer',
    }),
  );

  app.use(async (c, next) => {
    await next();
    if (!c.res.headers.has('content-security-policy')) c.header('Content-Security-Policy', dataPolicy);
  });

  app.get('/healthz', (c) => c.json({ alive: true }));
  app.get('/readyz', async (c) => {
    const reasons = await notReady();
    return c.json({ ready: reasons.length === 0, reasons }, reasons.length === 0 ? 200 : 503);
  });
  app.get('/metrics', async (c) => {
    const { contentType, body } = await metrics.render();
    return c.body(body, 200, { 'content-type': contentType });
  });

  async function notReady(): Promise<string[]> {
    if (!deps.isReady()) return ['the database is not prepared yet'];
    try {
      await sql`select 1`.execute(database.db);
      return [];
    } catch {
      return ['the database cannot be reached'];
    }
  }

  app.use('/api/*', async (c, next) => {
    c.header('Cache-Control', 'no-store');
    if (!deps.isReady()) throw new Problem('unavailable', because('starting'));
    await next();
  });
  app.use('/api/*', auditRefusals(database.db, logger));
  app.use('/api/*', authenticate(database.db, deps.auth));
  app.use('/api/*', sameOriginOnly(deps.trustedOrigins));
  app.use(
    '/api/*',
    bodyLimit({
      maxSize: maxBodyBytes,
      onError: () => {
        throw new Problem('too-large', because('body-too-large', { most: maxBodyBytes }));
      },
    }),
  );

  addAuthRoutes(app, { auth: deps.auth, db: database.db, firstUser: deps.firstUser });
  const { register, routes } = createRegister(app, database.db, subjects);
  for (const addRoutes of rooms) addRoutes(register, deps);
  const closeStreams = addLiveRoutes(register, {
    db: database.db,
    hub: deps.hub,
    topics: createTopics(database.db, topics, subjects),
    metrics,
  });

  app.openAPIRegistry.registerComponent('securitySchemes', 'token', {
    type: 'http',
    scheme: 'bearer',
    description: 'An API token, sbx_…; browsers sign in with a session cookie instead',
  });
  app.get('/api/openapi.json', (c) =>
    c.json(
      app.getOpenAPI31Document({
        openapi: '3.1.0',
        info: {
          title: 'Signalbox',
          version: deps.version,
          license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
        },
        servers: [{ url: deps.publicUrl }],
        security: [{ token: [] }],
      }),
    ),
  );
  addWebFiles(app, deps.webFolder);
  return { app, routes, closeStreams };
}
