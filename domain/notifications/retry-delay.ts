/** A message is given up after so many attempts. */
export const maxAttempts = 10;

const firstMs = 5_000;
const longestMs = 3_600_000;

/**
 * How long to wait after attempt number `attempt` (from 1) failed: from 5 s, doubling, never above an hour, spread at
 * random so that messages which failed together do not come back together. What the receiver asked for is kept at least,
 * up to an hour. Undefined: no more attempts.
 */
export function retryDelayMs(
  attempt: number,
  options: { readonly askedMs?: number | undefined; readonly random?: () => number } = {},
): number | undefined {
  if (attempt >= maxAttempts) return undefined;
  const random = options.random ?? Math.random;
  const backOff = firstMs * 2 ** (attempt - 1) * (1 + random());
  const asked = (options.askedMs ?? 0) * (1 + 0.1 * random());
  return Math.round(Math.min(longestMs, Math.max(backOff, asked)));
}

/** The wait that a `Retry-After` header asks for: seconds, or a date of HTTP. Undefined where it says neither. */
export function parseRetryAfter(header: string | undefined, now: Date): number | undefined {
  const text = header?.trim() ?? '';
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000;
  if (!/^[A-Z][a-z]{2}, /.test(text)) return undefined;
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : Math.max(0, at - now.getTime());
}
