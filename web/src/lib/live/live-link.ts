import { openEventSource, probeEvents } from './event-source.ts';
import { LiveHub } from './live-hub.ts';
import type { LiveLink, ToHub, ToPage } from './messages.ts';

const name = 'signalbox-live';

/**
 * The best way to one stream per browser that there is here: a shared worker; else the page that holds a lock shares its
 * stream over a broadcast channel; else (no locks: plain http from afar) a stream of this page alone.
 */
export function openLiveLink(client: string, hear: (message: ToPage) => void): LiveLink {
  if ('SharedWorker' in globalThis) return openWorkerLink(client, hear);
  return openFallbackLink(client, hear);
}

function openFallbackLink(client: string, hear: (message: ToPage) => void): LiveLink {
  if ('BroadcastChannel' in globalThis && 'locks' in navigator) return openLeaderLink(client, hear);
  return openOwnLink(hear);
}

function openWorkerLink(client: string, hear: (message: ToPage) => void): LiveLink {
  const worker = new SharedWorker(new URL('./live.worker.ts', import.meta.url), { type: 'module', name });
  let fallback: LiveLink | undefined;
  let last: ToHub | undefined;
  worker.port.onmessage = ({ data }: MessageEvent<ToPage>) => hear(data);
  // A browser that has shared workers, but not of modules, or whose worker could not be loaded.
  worker.onerror = () => {
    fallback ??= openFallbackLink(client, hear);
    if (last !== undefined) fallback.send(last);
  };
  return {
    send(message) {
      if (message.type === 'want') last = message;
      if (fallback === undefined) worker.port.postMessage(message);
      else fallback.send(message);
    },
  };
}

type OnChannel =
  | { readonly to: 'hub'; readonly message: ToHub }
  | { readonly to: 'page'; readonly client: string; readonly message: ToPage }
  /** There is a new leader, who knows nobody yet. */
  | { readonly to: 'all' };

/** Every page speaks on the channel; the one that got the lock also answers, until it goes and the next one gets it. */
function openLeaderLink(client: string, hear: (message: ToPage) => void): LiveLink {
  const channel = new BroadcastChannel(name);
  let last: ToHub | undefined;
  const say = (message: ToHub) => channel.postMessage({ to: 'hub', message } satisfies OnChannel);
  channel.onmessage = ({ data }: MessageEvent<OnChannel>) => {
    if (data.to === 'page' && data.client === client) hear(data.message);
    if (data.to === 'all' && last !== undefined) say(last);
  };
  void navigator.locks.request(name, () => lead());
  return {
    send(message) {
      if (message.type === 'want') last = message;
      say(message);
    },
  };
}

function lead(): Promise<never> {
  const channel = new BroadcastChannel(name);
  const hub = createHub((client, message) => channel.postMessage({ to: 'page', client, message } satisfies OnChannel));
  channel.onmessage = ({ data }: MessageEvent<OnChannel>) => {
    if (data.to === 'hub') hub.take(data.message);
  };
  channel.postMessage({ to: 'all' } satisfies OnChannel);
  return new Promise<never>(() => undefined);
}

function openOwnLink(hear: (message: ToPage) => void): LiveLink {
  const hub = createHub((_client, message) => hear(message));
  return { send: (message) => hub.take(message) };
}

function createHub(send: (client: string, message: ToPage) => void): LiveHub {
  return new LiveHub({ open: openEventSource, probe: probeEvents, send });
}
