import { loadSession } from '#web/lib/session/session.svelte.ts';
import { openLiveLink } from './live-link.ts';
import type { LiveLink, ToPage } from './messages.ts';
import { RefreshBuffer, type RefreshHandle } from './refresh-buffer.ts';
import type { LiveState } from './topic-connection.ts';

interface Listener {
  readonly topics: readonly string[];
  readonly handle: RefreshHandle;
}

const signOfLifeMs = 20_000;
/** How often those look whose topics cannot be heard. */
const lookMs = 5_000;

let state = $state<LiveState>('connecting');
let since = $state<string>(new Date().toISOString());

const listeners = new Set<Listener>();
const buffer = new RefreshBuffer();
const client = crypto.getRandomValues(new Uint32Array(4)).join('-');
let link: LiveLink | undefined;
let unserved: ReadonlySet<string> = new Set();
let welcomed = false;
/** Whether there has been a stream before: the next one is a return. */
let wasLive = false;
let asked = '';

/** The live connection of this browser. */
export const live = {
  get state(): LiveState {
    return state;
  },
  /** When it became what it is. */
  get since(): string {
    return since;
  },
  /** Begins anew, with the session of now. */
  renew(): void {
    link?.send({ type: 'renew', client });
  },
};

/**
 * Calls `refresh` (soon, at most once a second, never while this tab is hidden or the last call is under way) whenever
 * something happened under one of the topics or may have been missed. Call it while a component is set up; it ends with it.
 */
export function liveRefresh(topics: () => readonly string[], refresh: () => unknown): void {
  const wanted = $derived([...new Set(topics())].sort().join('\n'));
  $effect(() => {
    if (wanted === '') return;
    const handle = buffer.add(refresh);
    const listener = { topics: wanted.split('\n'), handle };
    listeners.add(listener);
    want();
    return () => {
      listeners.delete(listener);
      handle.cancel();
      want();
    };
  });
}

function want(): void {
  const topics = [...new Set([...listeners].flatMap((listener) => listener.topics))].sort();
  if (topics.join('\n') === asked) return;
  asked = topics.join('\n');
  start().send({ type: 'want', client, topics });
}

function start(): LiveLink {
  if (link !== undefined) return link;
  const opened = openLiveLink(client, hear);
  const again = () => opened.send({ type: 'want', client, topics: asked === '' ? [] : asked.split('\n') });
  setInterval(again, signOfLifeMs);
  setInterval(() => mark((listener) => listener.topics.some((topic) => unserved.has(topic))), lookMs);
  buffer.pause(document.hidden);
  document.addEventListener('visibilitychange', () => {
    buffer.pause(document.hidden);
    if (!document.hidden) again();
  });
  window.addEventListener('pagehide', () => opened.send({ type: 'leave', client }));
  window.addEventListener('pageshow', (event) => event.persisted && again());
  window.addEventListener('online', () => {
    live.renew();
    // What was asked for without a network has failed; the stream may have outlived it, and says nothing.
    buffer.markAll();
  });
  link = opened;
  return opened;
}

function hear(message: ToPage): void {
  if (message.type === 'event') return mark((listener) => listener.topics.includes(message.topic));
  if (message.type === 'reset') return buffer.markAll();
  if (message.type === 'signed-out') return void loadSession();
  if (message.type === 'welcome') {
    if (welcomed) buffer.markAll();
    welcomed = true;
    return;
  }
  unserved = new Set(message.unserved);
  if (message.state === state) return;
  const lost = state === 'offline' || (state === 'connecting' && wasLive);
  state = message.state;
  since = new Date().toISOString();
  if (state !== 'live') return;
  if (lost) buffer.markAll();
  wasLive = true;
}

function mark(which: (listener: Listener) => boolean): void {
  for (const listener of listeners) if (which(listener)) listener.handle.mark();
}
