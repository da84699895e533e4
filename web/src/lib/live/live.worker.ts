import { openEventSource, probeEvents } from './event-source.ts';
import { LiveHub } from './live-hub.ts';
import type { ToHub } from './messages.ts';

const ports = new Map<string, MessagePort>();
const hub = new LiveHub({
  open: openEventSource,
  probe: probeEvents,
  send: (client, message) => ports.get(client)?.postMessage(message),
});

addEventListener('online', () => hub.take({ type: 'renew', client: '' }));
addEventListener('connect', (connected) => {
  const port = (connected as MessageEvent).ports[0];
  if (port === undefined) return;
  port.onmessage = ({ data }: MessageEvent<ToHub>) => {
    ports.set(data.client, port);
    hub.take(data);
    const alive = new Set(hub.clients);
    for (const client of [...ports.keys()]) if (!alive.has(client)) ports.delete(client);
  };
});
