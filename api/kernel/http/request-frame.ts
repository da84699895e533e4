import { randomUUID } from 'node:crypto';
import type { HttpBindings } from '@hono/node-server';
import type { MiddlewareHandler } from 'hono';
import type { Logger } from '#platform/logging.ts';
import type { Metrics } from '#platform/metrics.ts';
import type { ApiEnv } from './env.ts';

/** Gives each request its id (the caller's, where it is sane) and peer, measures and logs it. */
export function frameRequests(metrics: Metrics, logger: Logger): MiddlewareHandler<ApiEnv> {
  const seconds = metrics.seconds('signalbox_http_request_seconds', 'Time to answer a request', ['method', 'status']);
  return async (c, next) => {
    const started = performance.now();
    const given = c.req.header('x-request-id');
    const requestId = given !== undefined && /^[A-Za-z0-9._-]{1,64}$/.test(given) ? given : randomUUID();
    c.set('requestId', requestId);
    c.set('ip', (c.env as Partial<HttpBindings> | undefined)?.incoming?.socket.remoteAddress ?? '');
    c.header('X-Request-Id', requestId);
    await next();
    const status = String(c.res.status);
    const ms = performance.now() - started;
    seconds.observe({ method: c.req.method, status: `${status[0]}xx` }, ms / 1_000);
    const level = c.res.status >= 500 ? 'warn' : 'debug';
    logger[level](
      { requestId, method: c.req.method, path: c.req.path, status: c.res.status, ms: Math.round(ms) },
      'request',
    );
  };
}
