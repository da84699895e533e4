import { createServer } from 'node:net';

/** Below the range from which the system takes ports for outgoing connections, above what servers use by default. */
const range = { from: 18_000, to: 31_900 };

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)));
  });
}

/**
 * Neighbouring free ports at a random place. A process that is killed and started again finds its port free: neither an
 * outgoing connection nor another platform on this machine takes one from here in between.
 */
export async function ownPorts(count: number): Promise<number[]> {
  for (let tries = 0; tries < 100; tries++) {
    const first = range.from + Math.floor((Math.random() * (range.to - range.from)) / 10) * 10;
    const ports = Array.from({ length: count }, (_, index) => first + index);
    const free = await Promise.all(ports.map(isFree));
    if (free.every(Boolean)) return ports;
  }
  throw new Error(`no ${count} free ports side by side`);
}
