import { rm } from 'node:fs/promises';
import type { Context, Hono } from 'hono';
import { auditOriginOf, auditRequest } from '#api/kernel/http/audit-request.ts';
import type { ApiEnv } from '#api/kernel/http/env.ts';
import { readJson } from '#api/kernel/http/json-body.ts';
import { unknownFieldsOf } from '#api/kernel/http/unknown-fields.ts';
import { fieldErrors } from '#api/kernel/http/validation.ts';
import { audit } from '#ledger/audit/audit.ts';
import type { Database } from '#db/database.ts';
import { clearMustChangePassword } from '#ledger/identity/users.ts';
import { Problem } from '#domain/errors.ts';
import { minPasswordLength } from '#domain/identity/user.ts';
import { because } from '#domain/reasons.ts';
import { z } from 'zod';
import { type Auth, clientIpHeader } from './better-auth.ts';
import { transact } from '#ledger/kernel/transact.ts';

/** The few paths of better-auth that are open; all others under /api/auth are not found. */
export const authPaths = [
  { method: 'POST', path: '/api/auth/sign-in/username' },
  { method: 'POST', path: '/api/auth/sign-out' },
  { method: 'GET', path: '/api/auth/get-session' },
  { method: 'POST', path: '/api/auth/change-password' },
] as const;

const signInSchema = z.object({
  username: z.string().min(1).max(128),
  password: z.string().min(1).max(1024),
  rememberMe: z.boolean().optional(),
});
const changePasswordSchema = z.object({
  currentPassword: z.string().min(1).max(1024),
  newPassword: z.string().min(minPasswordLength, `must have at least ${minPasswordLength} characters`).max(256),
});

interface AuthUser {
  id: string;
  name: string;
  role?: string;
  mustChangePassword?: boolean;
}

/** The user that a new platform begins with; the file of their one-time password goes once they have changed it. */
export interface FirstUser {
  readonly name: string;
  readonly passwordFile: string;
}

/** Serves sign-in, sign-out, the session and the change of a password. Session tokens go out in the cookie only. */
export function addAuthRoutes(app: Hono<ApiEnv>, deps: { auth: Auth; db: Database; firstUser: FirstUser }): void {
  const { auth, db } = deps;

  async function forward(c: Context<ApiEnv>, body?: unknown): Promise<Response> {
    const headers = new Headers(c.req.raw.headers);
    for (const name of ['x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto', 'content-length', 'authorization'])
      headers.delete(name);
    headers.set(clientIpHeader, c.get('ip'));
    const { method } = c.req;
    if (method === 'POST') headers.set('content-type', 'application/json');
    const response = await auth.handler(
      new Request(c.req.url, { method, headers, ...(method === 'POST' ? { body: JSON.stringify(body ?? {}) } : {}) }),
    );
    if (response.ok) {
      for (const cookie of response.headers.getSetCookie()) c.header('set-cookie', cookie, { append: true });
      return response;
    }
    throw await problemOf(response);
  }

  app.post('/api/auth/sign-in/username', async (c) => {
    const input = await readBody(c, signInSchema);
    try {
      const { user } = (await (await forward(c, input)).json()) as { user: AuthUser };
      await transact(db, (tx) =>
        audit(tx, {
          ...auditOriginOf(c),
          actor: { id: user.id, name: user.name },
          action: 'identity.sign-in',
          target: user.name,
        }),
      );
      return c.json(viewOf(user));
    } catch (error) {
      if (!(error instanceof Problem) || error.type === 'too-many-requests') throw error;
      await transact(db, (tx) =>
        audit(tx, {
          ...auditOriginOf(c),
          actor: { id: null, name: 'anonymous' },
          action: 'identity.sign-in',
          outcome: 'denied',
          target: input.username,
        }),
      );
      throw error;
    }
  });

  app.post('/api/auth/sign-out', async (c) => {
    await forward(c);
    if (c.get('caller') !== undefined) {
      await transact(db, (tx) => auditRequest(tx, c, { action: 'identity.sign-out' }));
    }
    return c.body(null, 204);
  });

  app.get('/api/auth/get-session', async (c) => {
    const session = (await (await forward(c)).json()) as { user: AuthUser; session: { expiresAt: string } } | null;
    return c.json(session === null ? null : { user: viewOf(session.user), expiresAt: session.session.expiresAt });
  });

  app.post('/api/auth/change-password', async (c) => {
    const caller = c.get('caller');
    if (caller?.via !== 'session') throw new Problem('unauthenticated', because('password-needed'));
    const input = await readBody(c, changePasswordSchema);
    if (input.newPassword === input.currentPassword) throw Problem.field('newPassword', because('same-password'));
    await forward(c, { ...input, revokeOtherSessions: true });
    // Were the process to die here, the next sign-in (with the new password) would ask for another one: harmless.
    await transact(db, async (tx) => {
      await clearMustChangePassword(tx, caller.actor.id);
      auditRequest(tx, c, { action: 'identity.password.change', target: caller.actor.name });
    });
    if (caller.actor.name === deps.firstUser.name) await rm(deps.firstUser.passwordFile, { force: true });
    return c.body(null, 204);
  });
}

function viewOf(user: AuthUser) {
  return {
    id: user.id,
    name: user.name,
    role: user.role ?? 'none',
    mustChangePassword: user.mustChangePassword ?? false,
  };
}

async function readBody<Schema extends z.ZodType>(c: Context<ApiEnv>, schema: Schema): Promise<z.output<Schema>> {
  const body = await readJson(c);
  if (body === undefined) throw new Problem('malformed-request', because('not-json'));
  const unknown = unknownFieldsOf(schema)(body.value);
  if (unknown.length > 0) throw Problem.input(unknown);
  const parsed = schema.safeParse(body.value);
  if (!parsed.success) throw Problem.input(fieldErrors(parsed.error.issues));
  return parsed.data;
}

async function problemOf(response: Response): Promise<Problem> {
  const body = (await response.json().catch(() => null)) as { code?: string; message?: string } | null;
  const refused = because('sign-in-refused', { answer: body?.message ?? 'Refused' });
  switch (response.status) {
    case 401:
      return new Problem('unauthenticated', because('wrong-name-or-password'));
    case 403:
      return new Problem('forbidden', refused);
    case 429:
      return new Problem('too-many-requests', because('too-many-attempts'));
    case 400:
      return body?.code === 'INVALID_PASSWORD'
        ? Problem.field('currentPassword', because('wrong-password'))
        : new Problem('invalid-input', refused);
    case 422:
      return new Problem('unauthenticated', because('wrong-name-or-password'));
    default:
      return new Problem('unavailable', because('sign-in-away'));
  }
}
