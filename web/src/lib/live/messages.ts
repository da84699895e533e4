import type { LiveState } from './topic-connection.ts';

/** What a page tells the one who holds the stream. `want` is said on every change, and now and then as a sign of life. */
export type ToHub =
  | { readonly type: 'want'; readonly client: string; readonly topics: readonly string[] }
  | { readonly type: 'leave'; readonly client: string }
  /** Begin anew: somebody has signed in, or the network is back. */
  | { readonly type: 'renew'; readonly client: string };

/** What a page is told. */
export type ToPage =
  /** The hub has met this page for the first time: whatever it heard before came from another. */
  | { readonly type: 'welcome' }
  | { readonly type: 'state'; readonly state: LiveState; readonly unserved: readonly string[] }
  | { readonly type: 'event'; readonly topic: string }
  | { readonly type: 'reset' }
  | { readonly type: 'signed-out' };

/** A page's way to the hub, wherever that lives. */
export interface LiveLink {
  send(message: ToHub): void;
}
