import { serve, type HttpBindings, type ServerType } from '@hono/node-server';
import type { Hono } from 'hono';
import type { AddressInfo } from 'node:net';

/** A real HTTP server on loopback, for what only the frame of the command does (repeats, resumes, exit codes). */
export interface SmallServer {
  readonly url: string;
  readonly port: number;
  /** Ends at once, open connections too. */
  stop(): Promise<void>;
}

export async function startSmallServer(
  app: Pick<Hono, 'fetch'> | Pick<Hono<{ Bindings: HttpBindings }>, 'fetch'>,
  port = 0,
): Promise<SmallServer> {
  const server: ServerType = await new Promise((resolve) => {
    const starting: ServerType = serve({ fetch: app.fetch, port, hostname: '127.0.0.1' }, () => resolve(starting));
  });
  const taken = (server.address() as AddressInfo).port;
  return {
    url: `http://127.0.0.1:${taken}`,
    port: taken,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        if ('closeAllConnections' in server) server.closeAllConnections();
      }),
  };
}
