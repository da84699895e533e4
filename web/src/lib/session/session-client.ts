import type { Whoami } from '#api/identity/identity.contract.ts';
import { request } from '#web/lib/api/http.ts';

export type { Whoami };

/** Who is signed in, and how one becomes that. */
export const sessionClient = {
  whoami: () => request<Whoami>('GET', '/api/v1/whoami'),
  signIn: (username: string, password: string) =>
    request<{ mustChangePassword: boolean }>('POST', '/api/auth/sign-in/username', { body: { username, password } }),
  signOut: () => request<void>('POST', '/api/auth/sign-out', { body: {} }),
  changePassword: (currentPassword: string, newPassword: string) =>
    request<void>('POST', '/api/auth/change-password', { body: { currentPassword, newPassword } }),
};
