import type { ApiProblem } from '#web/lib/api/problem.ts';

/** A new key for one attempt: 128 random bits. Works where `crypto.randomUUID` does not (plain http on a network). */
export function newIdempotencyKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

/**
 * Keys for the tries of one form: the same key while the same request is sent again because no answer came, another one
 * for another request and after an answer. So an attempt is carried out at most once, whatever the network did.
 */
export function createAttempts(newKey: () => string = newIdempotencyKey) {
  let open: { readonly request: string; readonly key: string } | undefined;
  return {
    keyFor(request: unknown): string {
      const text = JSON.stringify(request);
      if (open?.request !== text) open = { request: text, key: newKey() };
      return open.key;
    },
    /** It was answered; `problem` is the refusal, if it was one. After a fault of the server nobody knows what was done. */
    ended(problem?: Pick<ApiProblem, 'status' | 'isTemporary'>): void {
      if (problem === undefined || (!problem.isTemporary && problem.status < 500)) open = undefined;
    },
  };
}
