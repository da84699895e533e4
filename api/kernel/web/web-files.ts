import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { serveStatic } from '@hono/node-server/serve-static';
import type { Hono } from 'hono';
import type { ApiEnv } from '#api/kernel/http/env.ts';
import { Problem } from '#domain/errors.ts';
import { because } from '#domain/reasons.ts';

/** What a page's own policy (a meta element in it, with the hash of its start script) cannot say. */
const pagePolicy = "frame-ancestors 'none'";
/** Of scripts: a worker lives by the policy of its file. */
const filePolicy = "default-src 'self'";

/**
 * Serves the web from `folder` (the build of web/): files with a hash in their name for good, the start page for every
 * address that is not a file, so that links into the web work. A missing file of a former build is not found.
 */
export function addWebFiles(app: Hono<ApiEnv>, folder: string): void {
  const file = serveStatic<ApiEnv>({ root: folder, precompressed: true });
  const page = serveStatic<ApiEnv>({ root: folder, path: 'index.html', precompressed: true });

  app.get('/*', async (c, next) => {
    const { path } = c.req;
    if (/^\/(api|healthz|readyz|metrics)(\/|$)/.test(path)) return next();
    if (/^\/(_app\/|favicon)/.test(path)) {
      const lasting = path.startsWith('/_app/immutable/');
      return described(await file(c, next), lasting ? 'public, max-age=31536000, immutable' : 'no-cache', filePolicy);
    }
    if (!existsSync(join(folder, 'index.html'))) throw new Problem('not-found', because('no-web'));
    return described(await page(c, next), 'no-cache', pagePolicy);
  });
}

/** Nothing where there was no such file. */
function described(answer: Response | void, caching: string, policy: string): Response | undefined {
  // What the next handler gives back is no answer of ours.
  if (answer?.headers === undefined) return undefined;
  answer.headers.set('Cache-Control', caching);
  answer.headers.set('Content-Security-Policy', policy);
  return answer;
}
