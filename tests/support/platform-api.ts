/** One answer of the api, whatever its status. */
export interface Answer<T = Record<string, unknown>> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: T;
}

export interface RequestOptions {
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
  /** Instead of the administrator's; `null` sends none. */
  readonly token?: string | null;
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

/** The platform's REST API as a script would call it. */
export interface PlatformApi {
  request<T = Record<string, unknown>>(method: string, path: string, options?: RequestOptions): Promise<Answer<T>>;
  /** The body of a 2xx answer; anything else is thrown with its problem. */
  get<T>(path: string, options?: RequestOptions): Promise<T>;
  post<T>(path: string, body?: unknown, options?: RequestOptions): Promise<T>;
}

export function createPlatformApi(signIn: () => { url: string; token: string }): PlatformApi {
  async function request<T>(method: string, path: string, options: RequestOptions = {}): Promise<Answer<T>> {
    const { url, token } = signIn();
    const bearer = options.token === undefined ? token : options.token;
    const timeout = AbortSignal.timeout(options.timeoutMs ?? 20_000);
    const response = await fetch(new URL(path, url), {
      method,
      headers: {
        ...(bearer === null ? {} : { authorization: `Bearer ${bearer}` }),
        ...(options.body === undefined ? {} : { 'content-type': 'application/json' }),
        ...options.headers,
      },
      ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
      redirect: 'manual',
      signal: options.signal === undefined ? timeout : AbortSignal.any([timeout, options.signal]),
    });
    const text = await response.text();
    const isJson = /json/.test(response.headers.get('content-type') ?? '');
    return { status: response.status, headers: response.headers, body: (isJson ? JSON.parse(text) : text) as T };
  }

  async function expectOk<T>(method: string, path: string, options: RequestOptions = {}): Promise<T> {
    const answer = await request<T>(method, path, options);
    if (answer.status >= 200 && answer.status < 300) return answer.body;
    throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
  }

  return {
    request,
    get: (path, options) => expectOk('GET', path, options),
    post: (path, body, options = {}) => expectOk('POST', path, { ...options, ...(body === undefined ? {} : { body }) }),
  };
}
