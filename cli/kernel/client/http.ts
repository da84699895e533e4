import { setTimeout as sleep } from 'node:timers/promises';
import { CliFault, exitCodes } from '../fault.ts';
import { Refusal } from './refusal.ts';
import type { SignIn } from './sign-in.ts';

/** A list is sent as the same name many times. */
export type Query = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;

export interface RequestOptions {
  readonly query?: Query;
  readonly body?: unknown;
  /** Sent as Idempotency-Key: makes a repeat of the request safe. */
  readonly idempotencyKey?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** How long a platform that does not answer is asked again. */
  readonly patienceMs?: number;
  readonly signal?: AbortSignal;
}

/** The one place that speaks HTTP with the platform. Every answer that is no success is thrown as {@link Refusal}. */
export interface HttpClient {
  readonly url: string;
  /** The answer itself, body unread. */
  request(method: string, path: string, options?: RequestOptions): Promise<Response>;
  /** The answer's JSON; undefined for 204. */
  json<T>(method: string, path: string, options?: RequestOptions): Promise<T>;
}

/** A platform that does not answer (connection refused or lost, 502, 503, 504), as opposed to one that refuses. */
export class Unreachable extends CliFault {
  constructor(url: string, why: string) {
    super(
      exitCodes.unreachable,
      `cannot reach ${url}: ${why}`,
      "Is it running? On its own machine 'npm start' starts it.",
    );
    this.name = 'Unreachable';
  }
}

/** Default of {@link RequestOptions.patienceMs}. */
const patienceMs = 5000;
const firstPauseMs = 200;
const longestPauseMs = 3000;

export function createHttpClient(options: { signIn: SignIn; version: string; interrupted: AbortSignal }): HttpClient {
  const { signIn, interrupted } = options;

  async function once(method: string, path: string, request: RequestOptions): Promise<Response> {
    const url = new URL(signIn.url + path);
    for (const [name, value] of Object.entries(request.query ?? {})) {
      if (value === undefined) continue;
      for (const one of Array.isArray(value) ? (value as readonly string[]) : [value])
        url.searchParams.append(name, String(one));
    }
    const headers: Record<string, string> = {
      accept: 'application/json, application/problem+json',
      'user-agent': `signalbox-cli/${options.version}`,
      authorization: `Bearer ${signIn.token}`,
      ...(request.body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(request.idempotencyKey === undefined ? {} : { 'idempotency-key': request.idempotencyKey }),
      ...request.headers,
    };
    return await fetch(url, {
      method,
      headers,
      redirect: 'manual',
      signal: request.signal === undefined ? interrupted : AbortSignal.any([interrupted, request.signal]),
      ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
    });
  }

  async function attempt<T>(
    method: string,
    path: string,
    request: RequestOptions,
    consume: (answer: Response) => T | Promise<T>,
  ): Promise<T> {
    const repeatable = method === 'GET' || request.idempotencyKey !== undefined;
    const deadline = Date.now() + (request.patienceMs ?? patienceMs);
    let pauseMs = firstPauseMs;
    for (;;) {
      let why: string;
      let retryAfterMs = 0;
      try {
        const answer = await once(method, path, request);
        if (answer.ok) return await consume(answer);
        if (![502, 503, 504].includes(answer.status)) throw await refusalOf(answer);
        const refusal = await refusalOf(answer);
        if (!repeatable) throw refusal;
        why = refusal.message;
        retryAfterMs = 1000 * Number(answer.headers.get('retry-after') ?? 0) || 0;
      } catch (error) {
        if (
          error instanceof Refusal ||
          error instanceof CliFault ||
          interrupted.aborted ||
          request.signal?.aborted === true
        )
          throw error;
        why = connectionFault(error);
        if (!repeatable && !neverSent(error))
          throw new Unreachable(signIn.url, `${why} (it may have been done all the same)`);
      }
      const jittered = Math.max(retryAfterMs, pauseMs * (0.75 + Math.random() / 2));
      if (Date.now() + jittered > deadline) throw new Unreachable(signIn.url, why);
      await sleep(jittered, undefined, { signal: interrupted });
      pauseMs = Math.min(pauseMs * 2, longestPauseMs);
    }
  }

  return {
    url: signIn.url,
    request: (method, path, options = {}) => attempt(method, path, options, (answer) => answer),
    json: <T>(method: string, path: string, options: RequestOptions = {}) =>
      attempt(method, path, options, async (answer) => {
        const text = await answer.text();
        return (text === '' ? undefined : parseAnswer(text, signIn.url + path)) as T;
      }),
  };
}

function parseAnswer(text: string, from: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new CliFault(
      exitCodes.failed,
      `${from} answered with something that is no JSON`,
      'Is this the address of a Signalbox?',
    );
  }
}

async function refusalOf(answer: Response): Promise<Refusal> {
  const text = await answer.text().catch(() => '');
  const requestId = answer.headers.get('x-request-id') ?? undefined;
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed === 'object' && parsed !== null)
      return new Refusal(answer.status, parsed as Record<string, unknown>, requestId);
  } catch {
    // Not ours: a proxy in between, or another server.
  }
  return new Refusal(answer.status, { detail: `status ${answer.status} ${answer.statusText}`.trim() }, requestId);
}

/** The system's word for it where there is one: `connect ECONNREFUSED 127.0.0.1:7380`. */
function connectionFault(error: unknown): string {
  for (const cause of causes(error)) {
    if (cause instanceof AggregateError && cause.message === '') continue;
    if (cause.message !== '' && cause.message !== 'fetch failed') return cause.message;
  }
  return 'the connection failed';
}

function neverSent(error: unknown): boolean {
  return causes(error).some((cause) =>
    ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN'].includes((cause as NodeJS.ErrnoException).code ?? ''),
  );
}

function causes(error: unknown): Error[] {
  const found: Error[] = [];
  for (let at: unknown = error; at instanceof Error && found.length < 10; at = at.cause) {
    found.push(at);
    if (at instanceof AggregateError) found.push(...at.errors.filter((inner) => inner instanceof Error));
  }
  return found;
}
