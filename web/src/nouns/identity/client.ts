import type { NewUser, Token, User } from '#api/identity/identity.contract.ts';
import { type Page, request, segment } from '../../lib/api/http.ts';

export type { NewUser, Token, User };
export type NewToken = Token & { readonly token: string };

interface TokenInput {
  readonly name?: string;
  readonly expiresInDays?: number;
}

const users = '/api/v1/users';
const ofUser = (user: string) => `${users}/${segment(user)}`;

export const identity = {
  listUsers: (query: { q?: string; cursor?: string; limit?: number }) => request<Page<User>>('GET', users, { query }),
  createUser: (input: { name: string; role: User['role']; withPassword?: boolean }) =>
    request<NewUser>('POST', users, { body: input }),
  updateUser: (user: string, change: { role?: User['role']; disabled?: boolean }) =>
    request<User>('PATCH', ofUser(user), { body: change }),
  /** API tokens: one's own, where no user is named. */
  tokensOf: (user?: string) => {
    const tokens = user === undefined ? '/api/v1/tokens' : `${ofUser(user)}/tokens`;
    return {
      list: () => request<{ items: Token[] }>('GET', tokens),
      create: (input: TokenInput) => request<NewToken>('POST', tokens, { body: input }),
      revoke: (token: string) => request<void>('DELETE', `${tokens}/${segment(token)}`),
    };
  },
};
