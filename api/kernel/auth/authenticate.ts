import { defaultKeyHasher } from '@better-auth/api-key';
import type { MiddlewareHandler } from 'hono';
import type { ApiEnv, SignedIn } from '#api/kernel/http/env.ts';
import type { Database } from '#db/database.ts';
import { findCallerByToken, findCallerByUserId } from '#db/identity/callers.ts';
import { tokenPrefix } from '#domain/identity/user.ts';
import type { Auth } from './better-auth.ts';

/** Hash under which a token is kept; the api-key plugin's own. */
export function hashToken(token: string): Promise<string> {
  return defaultKeyHasher(token);
}

/** The token of a request that brings one; such a request is judged by it alone, whatever cookies it has. */
export function bearerOf(headers: Headers): string | undefined {
  const match = /^Bearer +(\S+)$/i.exec(headers.get('authorization') ?? '');
  return match?.[1];
}

/**
 * Finds out who sends a request, by `Authorization: Bearer sbx_…` or the session's cookie, from the ledger each time:
 * what was revoked or disabled is refused at once. Without a credential that holds nobody is signed in.
 */
export function authenticate(db: Database, auth: Auth): MiddlewareHandler<ApiEnv> {
  async function byToken(token: string): Promise<SignedIn | undefined> {
    if (!token.startsWith(tokenPrefix) || token.length > 256) return undefined;
    const found = await findCallerByToken(db, await hashToken(token));
    return found === undefined ? undefined : { ...found, via: 'token', credentialId: found.tokenId };
  }

  async function bySession(headers: Headers): Promise<SignedIn | undefined> {
    // The session's life is prolonged by /api/auth/get-session, which can answer with a new cookie.
    const session = await auth.api.getSession({ headers, query: { disableRefresh: true } });
    if (session === null) return undefined;
    const found = await findCallerByUserId(db, session.user.id);
    return found === undefined ? undefined : { ...found, via: 'session', credentialId: session.session.id };
  }

  return async (c, next) => {
    const { headers } = c.req.raw;
    if (headers.has('authorization')) {
      const token = bearerOf(headers);
      if (token !== undefined) c.set('caller', await byToken(token));
    } else if (headers.has('cookie')) {
      c.set('caller', await bySession(headers));
    }
    await next();
  };
}
