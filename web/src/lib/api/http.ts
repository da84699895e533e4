import { ApiProblem } from './problem.ts';

type QueryValue = string | number | boolean | undefined;
export type Query = Readonly<Record<string, QueryValue>>;

interface RequestOptions {
  /** Undefined values and empty strings are left out. */
  readonly query?: Query;
  readonly body?: unknown;
  /** Given by what starts work: the same key and body is done once, however often it is sent. */
  readonly idempotencyKey?: string;
  readonly signal?: AbortSignal;
}

let onUnauthenticated: () => void = () => undefined;

/** Called whenever the api says that nobody is signed in (any more). */
export function whenUnauthenticated(handler: () => void): void {
  onUnauthenticated = handler;
}

/** The one fetch of the web. Throws `ApiProblem`, also where the api cannot be reached. */
async function send(method: string, path: string, options: RequestOptions): Promise<Response> {
  const headers = new Headers({ accept: 'application/json' });
  if (options.body !== undefined) headers.set('content-type', 'application/json');
  if (options.idempotencyKey !== undefined) headers.set('idempotency-key', options.idempotencyKey);
  let response: Response;
  try {
    response = await fetch(withQuery(path, options.query ?? {}), {
      method,
      headers,
      credentials: 'same-origin',
      ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    });
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new ApiProblem(0, { code: 'offline', title: 'No connection', detail: 'Signalbox cannot be reached' });
  }
  if (response.ok) return response;
  const body: unknown = await response.json().catch(() => ({}));
  const problem = new ApiProblem(response.status, typeof body === 'object' && body !== null ? body : {});
  if (problem.code === 'unauthenticated' && !path.startsWith('/api/auth/')) onUnauthenticated();
  throw problem;
}

/** Sends a request and reads its JSON; undefined where there is none (204). */
export async function request<Answer>(method: string, path: string, options: RequestOptions = {}): Promise<Answer> {
  const response = await send(method, path, options);
  return (response.status === 204 ? undefined : await response.json()) as Answer;
}

/** Sends a request and gives the answer as it is, for what is not JSON. */
export function requestRaw(path: string, options: RequestOptions = {}): Promise<Response> {
  return send('GET', path, options);
}

export function withQuery(path: string, query: Query): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== '') search.set(name, String(value));
  }
  const text = search.toString();
  return text === '' ? path : `${path}?${text}`;
}

/** A name or id as one segment of a path. */
export function segment(text: string): string {
  return encodeURIComponent(text);
}

/** A page of a list; `next` is the cursor of the one after it, null on the last. */
export interface Page<Item> {
  readonly items: Item[];
  readonly next: string | null;
}
