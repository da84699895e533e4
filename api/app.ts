import { OpenAPIHono } from '@hono/zod-openapi';
import { bodyLimit } from 'hono/body-limit';
import { secureHeaders } from 'hono/secure-headers';
import { sql } from 'kysely';
import { authenticate } from '#api/auth/authenticate.ts';
import { addAuthRoutes } from '#api/auth/auth-routes.ts';
import type { Auth } from '#api/auth/better-auth.ts';
import { sameOriginOnly } from '#api/auth/same-origin.ts';
import type { ApiEnv } from '#api/http/env.ts';
import { problemResponse, toProblem } from '#api/http/problem-response.ts';
import { auditRefusals } from '#api/http/refusal-audit.ts';
import { createRegister, type RegisteredRoute } from '#api/http/register.ts';
import { frameRequests } from '#api/http/request-frame.ts';
import { refuseInvalid } from '#api/http/validation.ts';
import { addAgentRoutes } from '#api/routes/agents.ts';
import { addChangePreviewRoute } from '#api/routes/change-preview.ts';
import type { RouteDeps } from '#api/routes/deps.ts';
import { addIdentityRoutes } from '#api/routes/identity.ts';
import { addLiveRoutes } from '#api/routes/live.ts';
import { addNotificationRoutes } from '#api/routes/notifications.ts';
import { addPlatformRoutes } from '#api/routes/platform.ts';
import { addPolicyRoutes } from '#api/routes/policies.ts';
import { addScriptRoutes } from '#api/routes/scripts.ts';
import { addTaskOperationRoutes } from '#api/routes/task-operations.ts';
import { addTaskSubmitRoute } from '#api/routes/task-submit.ts';
import { addTaskRoutes } from '#api/routes/tasks.ts';
import { addTicketOperationRoutes } from '#api/routes/ticket-operations.ts';
import { addTicketSubmitRoute } from '#api/routes/ticket-submit.ts';
import { addTicketRoutes } from '#api/routes/tickets.ts';
import { addTreeGrantRoutes } from '#api/routes/tree-grants.ts';
import { addTreeMachineRoutes } from '#api/routes/tree-machines.ts';
import { addTreeRoutes } from '#api/routes/tree.ts';
import { addWebhookRoutes } from '#api/routes/webhooks.ts';
import { addWebFiles } from '#api/web/web-files.ts';
import { Problem } from '#domain/errors.ts';
import type { Metrics } from '#platform/metrics.ts';

/** A script of the largest size, its environment, and some ten thousand host names fit well within this. */
const maxBodyBytes = 8 * 1024 * 1024;

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
    firstPasswordFile: string | undefined;
    /** The built web. */
    webFolder: string;
    isReady: () => boolean;
  },
): ApiApp {
  const { database, logger, metrics } = deps;
  const app = new OpenAPIHono<ApiEnv>({ defaultHook: refuseInvalid as never });

  app.onError((error, c) => problemResponse(c, toProblem(error, logger.child({ requestId: c.get('requestId') }))));
  app.notFound((c) => problemResponse(c, new Problem('not-found', 'There is nothing under this address')));

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
    if (!deps.isReady()) throw new Problem('unavailable', 'Starting; try again', { reason: 'starting' });
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
        throw new Problem('too-large', `The body is larger than ${maxBodyBytes} bytes`);
      },
    }),
  );

  addAuthRoutes(app, { auth: deps.auth, db: database.db, firstPasswordFile: deps.firstPasswordFile });
  const { register, routes } = createRegister(app, database.db);
  addIdentityRoutes(register, deps);
  addTreeRoutes(register, deps);
  addTreeMachineRoutes(register, deps);
  addTreeGrantRoutes(register, deps);
  addAgentRoutes(register, deps);
  addTaskSubmitRoute(register, deps);
  addTaskRoutes(register, deps);
  addTaskOperationRoutes(register, deps);
  addPolicyRoutes(register, deps);
  addChangePreviewRoute(register, deps);
  addTicketRoutes(register, deps);
  addTicketSubmitRoute(register, deps);
  addTicketOperationRoutes(register, deps);
  addNotificationRoutes(register, deps);
  addWebhookRoutes(register, deps);
  addScriptRoutes(register, deps);
  addPlatformRoutes(register, deps);
  const closeStreams = addLiveRoutes(register, deps, metrics);

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
