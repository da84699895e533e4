/** Deadlock, serialization failure, a lock that was waited for too long: the transaction did nothing and may be tried again. */
export function isRetryable(error: unknown): boolean {
  const code = (error as { code?: unknown } | null)?.code;
  return code === '40P01' || code === '40001' || code === '55P03';
}
