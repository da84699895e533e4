import type { MiddlewareHandler } from 'hono';
import type { ApiEnv } from '#api/kernel/http/env.ts';
import { Problem } from '#domain/errors.ts';
import { because } from '#domain/reasons.ts';

const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Refuses a mutation that another site may have sent with the user's cookie: the browser must say that it comes from
 * one of our own origins. Requests without a cookie (tokens, tools) carry nothing that a browser adds by itself.
 */
export function sameOriginOnly(trustedOrigins: readonly string[]): MiddlewareHandler<ApiEnv> {
  return async (c, next) => {
    const { headers } = c.req.raw;
    if (safeMethods.has(c.req.method) || headers.has('authorization')) return next();
    const origin = headers.get('origin');
    const site = headers.get('sec-fetch-site');
    const ours = origin !== null ? trustedOrigins.includes(origin) : site === 'same-origin';
    const foreign = (site !== null && site !== 'same-origin') || !ours;
    const saysNothing = origin === null && site === null;
    if (headers.has('cookie') ? foreign : foreign && !saysNothing) {
      throw new Problem('forbidden', because('cross-site'));
    }
    return next();
  };
}
