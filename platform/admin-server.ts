import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Metrics } from './metrics.ts';

export interface AdminServer {
  /** Listens; port 0 takes a free one. */
  start(): Promise<{ host: string; port: number }>;
  stop(): Promise<void>;
}

/**
 * Health of a process that has no HTTP of its own: `/healthz` (it lives), `/readyz` (503 with the reasons while
 * `notReady` names any), `/metrics`.
 */
export function createAdminServer(options: {
  host: string;
  port: number;
  metrics: Metrics;
  notReady: () => readonly string[] | Promise<readonly string[]>;
}): AdminServer {
  async function answer(path: string): Promise<{ status: number; contentType: string; body: string }> {
    const json = (status: number, value: unknown) => ({
      status,
      contentType: 'application/json',
      body: `${JSON.stringify(value)}\n`,
    });
    if (path === '/healthz') return json(200, { alive: true });
    if (path === '/readyz') {
      const reasons = await options.notReady();
      return json(reasons.length === 0 ? 200 : 503, { ready: reasons.length === 0, reasons });
    }
    if (path === '/metrics') return { status: 200, ...(await options.metrics.render()) };
    return json(404, { title: 'Not found: /healthz, /readyz and /metrics are here' });
  }

  const server: Server = createServer((request, response) => {
    answer((request.url ?? '/').split('?', 1)[0] ?? '/').then(
      ({ status, contentType, body }) => {
        response.writeHead(status, { 'content-type': contentType, 'cache-control': 'no-store' }).end(body);
      },
      (error: unknown) => {
        response.writeHead(500, { 'content-type': 'text/plain' }).end(`${String(error)}\n`);
      },
    );
  });

  return {
    start: () =>
      new Promise((resolve, reject) => {
        server.once('error', reject);
        server.listen(options.port, options.host, () => {
          const { address, port } = server.address() as AddressInfo;
          resolve({ host: address, port });
        });
      }),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
