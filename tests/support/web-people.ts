import type { Platform } from './platform.ts';

/** Somebody with a password, as the web wants one. */
export interface WebPerson {
  readonly name: string;
  readonly password: string;
}

/** Creates a user who has been through the forced change of the first password. */
export async function createWebPerson(platform: Platform, name: string, role: string): Promise<WebPerson> {
  const { url } = platform.signIn();
  const made = await platform.api.post<{ password: string }>('/api/v1/users', { name, role, withPassword: true });
  const password = `${name}-knows-this-1`;
  const headers = { 'content-type': 'application/json', origin: new URL(url).origin };
  const post = async (path: string, body: unknown, cookie = '') => {
    const answer = await fetch(new URL(path, url), {
      method: 'POST',
      headers: { ...headers, cookie },
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return answer.headers.getSetCookie().map((line) => line.split(';')[0]);
  };
  const cookies = await post('/api/auth/sign-in/username', { username: name, password: made.password });
  const change = { currentPassword: made.password, newPassword: password };
  await post('/api/auth/change-password', change, cookies.join('; '));
  return { name, password };
}
