import type { ToHub, ToPage } from './messages.ts';
import { type ConnectionOptions, TopicConnection } from './topic-connection.ts';

/** A page says something at least every 20 s; a hidden one that the browser slows down, every minute. */
const forgetAfterMs = 150_000;

type Send = (client: string, message: ToPage) => void;

interface Client {
  topics: ReadonlySet<string>;
  seenAt: number;
}

/** Holds the one stream of this browser: the union of what all its pages want, each told only of its own. */
export class LiveHub {
  readonly #clients = new Map<string, Client>();
  readonly #send: Send;
  readonly #connection: TopicConnection;

  constructor({ send, open, probe }: Pick<ConnectionOptions, 'open' | 'probe'> & { readonly send: Send }) {
    this.#send = send;
    this.#connection = new TopicConnection({
      open,
      probe,
      onEvent: ({ topic }) => {
        if (topic === 'reset') return this.#tellAll({ type: 'reset' });
        for (const [id, client] of this.#clients) if (client.topics.has(topic)) send(id, { type: 'event', topic });
      },
      onState: () => this.#tellAll(this.#state()),
      onUnserved: () => this.#tellAll(this.#state()),
      onSignedOut: () => this.#tellAll({ type: 'signed-out' }),
    });
  }

  /** Ids of the pages that are there. */
  get clients(): readonly string[] {
    return [...this.#clients.keys()];
  }

  take(message: ToHub): void {
    if (message.type === 'renew') return this.#connection.renew();
    if (message.type === 'leave') {
      if (this.#clients.delete(message.client)) this.#ask();
      return;
    }
    const known = this.#clients.has(message.client);
    this.#clients.set(message.client, { topics: new Set(message.topics), seenAt: Date.now() });
    this.#forget();
    if (!known) {
      this.#send(message.client, { type: 'welcome' });
      this.#send(message.client, this.#state());
    }
    this.#ask();
  }

  close(): void {
    this.#clients.clear();
    this.#connection.close();
  }

  #forget(): void {
    for (const [id, client] of this.#clients) {
      if (Date.now() - client.seenAt > forgetAfterMs) this.#clients.delete(id);
    }
  }

  #ask(): void {
    this.#connection.want([...this.#clients.values()].flatMap((client) => [...client.topics]));
  }

  #state(): ToPage {
    return { type: 'state', state: this.#connection.state, unserved: this.#connection.unserved };
  }

  #tellAll(message: ToPage): void {
    for (const id of [...this.#clients.keys()]) this.#send(id, message);
  }
}
