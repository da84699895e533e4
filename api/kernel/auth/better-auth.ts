import { apiKey } from '@better-auth/api-key';
import { APIError } from 'better-auth/api';
import { betterAuth, type BetterAuthOptions } from 'better-auth';
import { username } from 'better-auth/plugins/username';
import type { Pool } from 'pg';
import { minPasswordLength, tokenPrefix, userNameSchema } from '#domain/identity/user.ts';
import { nameKey } from '#domain/name-rule.ts';
import type { Logger } from '#platform/logging.ts';

/** Header in which the api tells better-auth the peer's address; whatever a client sends under it is replaced. */
export const clientIpHeader = 'x-signalbox-client-ip';

/** Sign-in attempts and password changes allowed per address in a window of seconds. */
export const signInLimit = { window: 60, max: 10 };

export interface AuthSettings {
  readonly pool: Pool;
  readonly secret: string;
  /** Where people reach the api, without a path. */
  readonly publicUrl: string;
  readonly trustedOrigins: readonly string[];
  readonly logger: Logger;
}

/** Settings of better-auth: a password sign-in with sessions in the ledger, and the table of API keys. */
export function authOptions(settings: AuthSettings) {
  const { pool, secret, publicUrl, trustedOrigins, logger } = settings;
  return {
    appName: 'Signalbox',
    baseURL: publicUrl,
    basePath: '/api/auth',
    secret,
    database: pool,
    trustedOrigins: [...trustedOrigins],
    telemetry: { enabled: false },
    logger: {
      log: (level, message, ...more) =>
        logger[level === 'error' ? 'error' : 'debug']({ more }, `better-auth: ${message}`),
    },
    emailAndPassword: { enabled: true, disableSignUp: true, minPasswordLength, maxPasswordLength: 256 },
    user: {
      additionalFields: {
        role: { type: 'string', required: true, defaultValue: 'none', input: false },
        mustChangePassword: { type: 'boolean', required: true, defaultValue: false, input: false },
        disabled: { type: 'boolean', required: true, defaultValue: false, input: false },
      },
    },
    session: {
      expiresIn: 7 * 86_400,
      updateAge: 86_400,
      // A revoked session has to be refused at its next request.
      cookieCache: { enabled: false },
    },
    rateLimit: {
      enabled: true,
      storage: 'database',
      window: 60,
      max: 600,
      customRules: {
        '/sign-in/username': signInLimit,
        '/change-password': signInLimit,
        '/get-session': false,
        '/sign-out': false,
      },
    },
    advanced: {
      ipAddress: { ipAddressHeaders: [clientIpHeader] },
      useSecureCookies: publicUrl.startsWith('https:'),
      disableCSRFCheck: false,
      disableOriginCheck: false,
      cookiePrefix: 'signalbox',
      defaultCookieAttributes: { sameSite: 'lax', httpOnly: true, path: '/' },
    },
    databaseHooks: {
      session: {
        create: {
          before: async (session) => {
            const { rows } = await pool.query('select disabled from "user" where id = $1', [session.userId]);
            const user = (rows as { disabled: boolean }[])[0];
            if (user === undefined || user.disabled)
              throw new APIError('FORBIDDEN', { message: 'This user is disabled' });
          },
        },
      },
    },
    plugins: [
      username({
        minUsernameLength: 2,
        maxUsernameLength: 63,
        usernameNormalization: nameKey,
        usernameValidator: (name) => userNameSchema.safeParse(name).success,
      }),
      // Its limit is 10 requests a day unless it is off; requests are checked by our own read, without a write each.
      apiKey({ defaultPrefix: tokenPrefix, rateLimit: { enabled: false }, enableMetadata: true }),
    ],
  } satisfies BetterAuthOptions;
}

/** better-auth on the ledger's pool. */
export function createAuth(settings: AuthSettings) {
  return betterAuth(authOptions(settings));
}

export type Auth = ReturnType<typeof createAuth>;
