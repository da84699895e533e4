import type { NewUser, Token, User, Whoami } from '#api/identity/identity.contract.ts';
import type { z } from '@hono/zod-openapi';
import type { newTokenSchema } from '#api/identity/identity.contract.ts';
import type { UserRole } from '#domain/identity/roles.ts';
import type { HttpClient } from '../kernel/client/http.ts';
import { allRows } from '../kernel/client/paging.ts';

export type NewToken = z.infer<typeof newTokenSchema>;

/** Users, their tokens, and who we are. Without `user` a token is our own. */
export interface IdentityClient {
  whoami(): Promise<Whoami>;
  createUser(input: { name: string; role: UserRole; withPassword: boolean }): Promise<NewUser>;
  users(options: { q?: string | undefined; limit?: number | undefined }): Promise<User[]>;
  updateUser(user: string, change: { role?: UserRole; disabled?: boolean }): Promise<User>;
  createToken(user: string | undefined, input: { name?: string; expiresInDays?: number }): Promise<NewToken>;
  tokens(user: string | undefined): Promise<Token[]>;
  revokeToken(user: string | undefined, token: string): Promise<void>;
}

export function createIdentityClient(http: HttpClient): IdentityClient {
  const userPath = (user: string) => `/api/v1/users/${encodeURIComponent(user)}`;
  const tokensPath = (user: string | undefined) => (user === undefined ? '/api/v1/tokens' : `${userPath(user)}/tokens`);
  return {
    whoami: () => http.json('GET', '/api/v1/whoami'),
    createUser: (body) => http.json('POST', '/api/v1/users', { body }),
    users: ({ q, limit }) => allRows<User>(http, '/api/v1/users', { query: { q }, limit }),
    updateUser: (user, body) => http.json('PATCH', userPath(user), { body }),
    createToken: (user, body) => http.json('POST', tokensPath(user), { body }),
    tokens: async (user) => (await http.json<{ items: Token[] }>('GET', tokensPath(user))).items,
    revokeToken: (user, token) => http.json('DELETE', `${tokensPath(user)}/${encodeURIComponent(token)}`),
  };
}
