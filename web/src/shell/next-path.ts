/** Where to go after signing in: a path of this site as asked for, or home. Never another site, and not back to sign-in. */
export function nextPath(asked: string | null, origin: string): string {
  if (asked === null || !asked.startsWith('/')) return '/';
  let url: URL;
  try {
    url = new URL(asked, origin);
  } catch {
    return '/';
  }
  if (url.origin !== origin || url.pathname === '/sign-in' || url.pathname.startsWith('/api/')) return '/';
  return `${url.pathname}${url.search}${url.hash}`;
}
