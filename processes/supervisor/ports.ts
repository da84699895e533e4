import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { z } from 'zod';
import { portOwner } from './port-owner.ts';
import { writeJsonFile } from './process-table.ts';

const portSchema = z.number().int().min(1).max(65535);
const portsSchema = z.object({
  web: portSchema,
  gateway: portSchema,
  workerAdmin: portSchema,
  gatewayAdmin: portSchema,
  postgres: portSchema,
  temporal: portSchema,
  temporalUi: portSchema,
});

export type Ports = z.infer<typeof portsSchema>;
export type PortName = keyof Ports;

/** What a first start takes when it is free. */
export const defaultPorts: Ports = {
  web: 7380,
  gateway: 7381,
  workerAdmin: 7382,
  gatewayAdmin: 7383,
  postgres: 7384,
  temporal: 7233,
  temporalUi: 8233,
};

/** A kept or demanded port that somebody else has. */
export class PortTaken extends Error {
  override readonly name = 'PortTaken';
}

/** Ports that are ours: held until the process that needs one is about to start. */
export interface ReservedPorts {
  readonly ports: Ports;
  /** Lets go of one so that its process can listen. Safe to call again. */
  release(name: PortName): Promise<void>;
  releaseAll(): Promise<void>;
}

function hold(port: number, host: string): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE' || error.code === 'EACCES') resolve(undefined);
      else reject(error);
    });
    server.listen({ port, host, exclusive: true }, () => resolve(server));
  });
}

/** Below the range from which systems take ports for outgoing connections: a kept port must be free again tomorrow. */
function candidates(first: number, anywhere: boolean): number[] {
  const steps = anywhere ? [] : Array.from({ length: 40 }, (_, step) => first + 10 * step);
  const random = Array.from({ length: 40 }, () => 20_000 + Math.floor(Math.random() * 12_000));
  return [...steps, ...random];
}

type SomePorts = { readonly [Name in PortName]?: number | undefined };

function readKept(path: string): SomePorts {
  try {
    return portsSchema.partial().parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return {};
  }
}

/** The ports of a data folder as chosen at its first start; undefined before it. */
export function readPorts(path: string): Ports | undefined {
  const parsed = portsSchema.safeParse(readKept(path));
  return parsed.success ? parsed.data : undefined;
}

/**
 * Chooses each port once and keeps the choice in `path`. A demanded port (a setting) or a kept one that is taken is an
 * error naming its owner, never a reason to move; only a first choice looks further. Demanding 0 at a first choice takes
 * a free one without trying the usual one.
 */
export async function reservePorts(
  path: string,
  demanded: SomePorts,
  hosts: Partial<Record<PortName, string>> = {},
): Promise<ReservedPorts> {
  const kept = readKept(path);
  const ports: Ports = { ...defaultPorts };
  const held = new Map<PortName, Server>();
  async function release(name: PortName): Promise<void> {
    const server = held.get(name);
    held.delete(name);
    if (server) await new Promise<void>((resolve) => server.close(() => resolve()));
  }
  async function releaseAll(): Promise<void> {
    for (const name of [...held.keys()]) await release(name);
  }

  try {
    for (const name of Object.keys(defaultPorts) as PortName[]) {
      const host = hosts[name] ?? '127.0.0.1';
      const fixed = demanded[name] || kept[name];
      for (const port of fixed === undefined ? candidates(defaultPorts[name], demanded[name] === 0) : [fixed]) {
        const server = await hold(port, host);
        if (!server) continue;
        held.set(name, server);
        ports[name] = port;
        break;
      }
      if (held.has(name)) continue;
      const port = fixed ?? defaultPorts[name];
      throw new PortTaken(
        fixed === undefined
          ? `No free port was found for ${name}.`
          : `Port ${port} (${name}) is taken by ${portOwner(port)}. Ports are kept once chosen, so that addresses stay valid.\n` +
              `Next step: stop that program, or choose another port for ${name} in ${path}.`,
      );
    }
  } catch (error) {
    await releaseAll();
    throw error;
  }
  writeJsonFile(path, ports);
  return { ports, release, releaseAll };
}
