/** As much of `EventSource` as is used. */
export interface EventSourceLike {
  readonly readyState: number;
  addEventListener(type: string, listener: (event: { data?: unknown; lastEventId?: string }) => void): void;
  close(): void;
}

/** `offline`: there is no stream, and trying again goes on. */
export type LiveState = 'connecting' | 'live' | 'offline';

export interface LiveEvent {
  /** A topic, or `reset`: something may have been missed, load anew. */
  readonly topic: string;
  readonly data: unknown;
}

export interface ConnectionOptions {
  readonly open: (url: string) => EventSourceLike;
  /** The status that the address answers with; 0 where nothing answers. */
  readonly probe: (url: string) => Promise<number>;
  readonly onEvent: (event: LiveEvent) => void;
  readonly onState: (state: LiveState) => void;
  /** The topics that are not heard, though they were asked for. */
  readonly onUnserved: (topics: readonly string[]) => void;
  /** Nobody is signed in (any more): `renew` begins again. */
  readonly onSignedOut: () => void;
}

interface Source {
  readonly stream: EventSourceLike;
  readonly topics: ReadonlySet<string>;
  opened: boolean;
}

const closed = 2;
const settleMs = 60;
/** Both streams run for so long when one follows the other, so that no event falls between them. */
const overlapMs = 1_000;
/** How long a broken stream may take to come back before it is called offline. */
const patienceMs = 4_000;
const retryMs = [1_000, 2_000, 5_000, 10_000];
const forgiveMs = 60_000;
/** As many as the api takes on one stream. */
const maxTopics = 50;

export function eventsUrl(topics: readonly string[], lastEventId?: string): string {
  const query = new URLSearchParams(topics.map((topic) => ['topic', topic]));
  if (lastEventId !== undefined) query.set('lastEventId', lastEventId);
  return `/api/v1/events?${query.toString()}`;
}

/**
 * One stream of live events for a changing set of topics. It follows a change without a gap, comes back after any
 * failure, and lets go of topics that are refused instead of losing all of them.
 */
export class TopicConnection {
  readonly #options: ConnectionOptions;
  #wanted: readonly string[] = [];
  #source: Source | undefined;
  #lastEventId: string | undefined;
  #state: LiveState = 'connecting';
  #failures = 0;
  #refused = new Map<string, number>();
  #paused = false;
  #settle: ReturnType<typeof setTimeout> | undefined;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #patience: ReturnType<typeof setTimeout> | undefined;

  constructor(options: ConnectionOptions) {
    this.#options = options;
  }

  get state(): LiveState {
    return this.#state;
  }

  /** Wanted topics that are refused, or too many for one stream. */
  get unserved(): readonly string[] {
    const served = new Set(this.#served());
    return this.#wanted.filter((topic) => !served.has(topic));
  }

  /** Hears of these from now on. A topic that is no longer wanted is kept until the next change: leaving costs nothing. */
  want(topics: readonly string[]): void {
    this.#wanted = [...new Set(topics)];
    const heard = this.#source?.topics ?? new Set<string>();
    if (this.#served().every((topic) => heard.has(topic))) {
      if (this.#wanted.length === 0) this.close();
      return;
    }
    clearTimeout(this.#settle);
    this.#settle = setTimeout(() => this.#connect(), settleMs);
  }

  /** Begins anew: somebody else may be signed in now, or the network is back. */
  renew(): void {
    this.#paused = false;
    this.#failures = 0;
    this.#refused.clear();
    this.#connect();
  }

  close(): void {
    for (const timer of [this.#settle, this.#retry, this.#patience]) clearTimeout(timer);
    this.#patience = undefined;
    this.#source?.stream.close();
    this.#source = undefined;
  }

  /** Broad topics come first: they are worth more than one object's. */
  #served(): string[] {
    const allowed = this.#wanted.filter((topic) => !this.#isRefused(topic));
    const [objects, broad] = [allowed.filter((t) => t.includes(':')), allowed.filter((t) => !t.includes(':'))];
    return [...broad, ...objects].slice(0, maxTopics);
  }

  #isRefused(topic: string): boolean {
    const until = this.#refused.get(topic);
    return until !== undefined && Date.now() < until;
  }

  #connect(): void {
    clearTimeout(this.#settle);
    clearTimeout(this.#retry);
    const topics = this.#served();
    this.#options.onUnserved(this.unserved);
    if (this.#paused || topics.length === 0) return;
    const before = this.#source;
    const after = this.#lastEventId;
    const stream = this.#options.open(eventsUrl(topics, after));
    const source: Source = { stream, topics: new Set(topics), opened: false };
    this.#source = source;
    if (before?.opened !== true) this.#become('connecting');
    stream.addEventListener('open', () => {
      if (before !== undefined) setTimeout(() => before.stream.close(), overlapMs);
      if (this.#source !== source) return;
      const first = !source.opened;
      source.opened = true;
      this.#failures = 0;
      this.#become('live');
      // Without a place to go on from, what happened since the topic was asked for is unknown.
      if (first && after === undefined) {
        for (const topic of topics) if (before?.topics.has(topic) !== true) this.#options.onEvent({ topic, data: {} });
      }
    });
    stream.addEventListener('error', () => {
      if (this.#source !== source) return stream.close();
      if (stream.readyState !== closed) return this.#become('connecting');
      // The stream before is as good as it was; only what was added to it is not heard.
      if (before?.opened === true && before.stream.readyState !== closed) this.#source = before;
      void this.#findOut(topics);
    });
    for (const topic of [...topics, 'reset']) {
      stream.addEventListener(topic, (event) => this.#hear(topic, event));
    }
  }

  #hear(topic: string, event: { data?: unknown; lastEventId?: string }): void {
    if (event.lastEventId !== undefined && event.lastEventId !== '') this.#lastEventId = event.lastEventId;
    this.#options.onEvent({ topic, data: parse(event.data) });
  }

  /** The stream was refused, or nobody is there. An EventSource does not say which: ask. */
  async #findOut(topics: readonly string[]): Promise<void> {
    const source = this.#source;
    const status = await this.#options.probe(eventsUrl(topics, this.#lastEventId));
    if (this.#source !== source) return;
    if (status === 401) {
      this.#paused = true;
      this.#become('offline');
      return this.#options.onSignedOut();
    }
    let refused = 0;
    if (isRefusal(status)) {
      if (status === 422) this.#lastEventId = undefined;
      for (const topic of topics) {
        if (!isRefusal(await this.#options.probe(eventsUrl([topic])))) continue;
        this.#refused.set(topic, Date.now() + forgiveMs);
        refused++;
      }
      if (this.#source !== source) return;
      if (refused > 0) return this.#connect();
    }
    this.#become(status === 0 || status >= 500 ? 'offline' : 'connecting');
    this.#tryLater();
  }

  #tryLater(): void {
    const wait = retryMs[Math.min(this.#failures++, retryMs.length - 1)] ?? 0;
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => this.#connect(), wait * (0.75 + Math.random() / 2));
  }

  #become(state: LiveState): void {
    // Trying again does not make a lost connection look like one that is about to come.
    const next = state === 'connecting' && this.#state === 'offline' ? 'offline' : state;
    if (next !== 'connecting') {
      clearTimeout(this.#patience);
      this.#patience = undefined;
    }
    // Patience is counted from the first failure, however often it fails meanwhile.
    if (next === 'connecting') this.#patience ??= setTimeout(() => this.#become('offline'), patienceMs);
    if (next === this.#state) return;
    this.#state = next;
    this.#options.onState(next);
  }
}

function parse(data: unknown): unknown {
  try {
    return typeof data === 'string' ? JSON.parse(data) : undefined;
  } catch {
    return undefined;
  }
}

/** Asked for something that does not exist or is not the caller's to hear; asking again does not help. */
function isRefusal(status: number): boolean {
  return status === 403 || status === 404 || status === 422;
}
