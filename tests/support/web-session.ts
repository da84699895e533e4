import type { BrowserContext } from 'playwright-core';
import type { WebPerson } from './web-people.ts';

/** Somebody who has signed in: their session opens any number of browsers without signing in again. */
export interface SignedIn extends WebPerson {
  readonly cookies: Parameters<BrowserContext['addCookies']>[0];
}

/** Signs in once, as the sign-in page does; a session like any other. */
export async function signedIn(origin: string, person: WebPerson): Promise<SignedIn> {
  const answer = await fetch(new URL('/api/auth/sign-in/username', origin), {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin },
    body: JSON.stringify({ username: person.name, password: person.password }),
  });
  if (!answer.ok) throw new Error(`sign-in of ${person.name}: ${answer.status} ${await answer.text()}`);
  const cookies = answer.headers.getSetCookie().map((line) => {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
    return { name, value, url: origin };
  });
  return { ...person, cookies };
}
