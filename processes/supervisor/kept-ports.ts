import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { z } from 'zod';
import { portOwner } from './port-owner.ts';
import { writeJsonFile } from './process-table.ts';

const portSchema = z.number().int().min(1).max(65535);

/** A kept or demanded port that somebody else has. */
export class PortTaken extends Error {
  override readonly name = 'PortTaken';
}

/** Ports that are ours: held until the process that needs one is about to start. */
export interface HeldPorts<Name extends string> {
  readonly ports: Readonly<Record<Name, number>>;
  /** Lets go of one so that its process can listen. Safe to call again. */
  release(name: Name): Promise<void>;
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

/** The ports that a file keeps, by name; what is no port counts as missing, as does a broken file. */
export function readKeptPorts(path: string): Readonly<Record<string, number>> {
  try {
    const kept = z.record(z.string(), z.unknown()).parse(JSON.parse(readFileSync(path, 'utf8')));
    return Object.fromEntries(
      Object.entries(kept).flatMap(([name, value]) => {
        const { data } = portSchema.safeParse(value);
        return data === undefined ? [] : [[name, data]];
      }),
    );
  } catch {
    return {};
  }
}

/**
 * Chooses a port for each name of `usual` once and keeps the choice in `path`, beside what else is kept there. A demanded
 * port (a setting) or a kept one that is taken is an error naming its owner, never a reason to move; only a first choice
 * looks further than the usual one. Demanding 0 at a first choice takes a free one without trying the usual one.
 */
export async function holdPorts<Name extends string>(
  path: string,
  usual: Readonly<Record<Name, number>>,
  demanded: { readonly [Each in Name]?: number | undefined } = {},
  hosts: { readonly [Each in Name]?: string } = {},
): Promise<HeldPorts<Name>> {
  const kept = readKeptPorts(path);
  const ports: Record<Name, number> = { ...usual };
  const held = new Map<Name, Server>();
  async function release(name: Name): Promise<void> {
    const server = held.get(name);
    held.delete(name);
    if (server) await new Promise<void>((resolve) => server.close(() => resolve()));
  }
  async function releaseAll(): Promise<void> {
    for (const name of [...held.keys()]) await release(name);
  }

  try {
    for (const name of Object.keys(usual) as Name[]) {
      const host = hosts[name] ?? '127.0.0.1';
      const fixed = demanded[name] || kept[name];
      for (const port of fixed === undefined ? candidates(usual[name], demanded[name] === 0) : [fixed]) {
        const server = await hold(port, host);
        if (!server) continue;
        held.set(name, server);
        ports[name] = port;
        break;
      }
      if (held.has(name)) continue;
      const port = fixed ?? usual[name];
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
  writeJsonFile(path, { ...kept, ...ports });
  return { ports, release, releaseAll };
}
