import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { defaultPorts, reservePorts, type PortName, type ReservedPorts } from './ports.ts';

const anywhere = Object.fromEntries(Object.keys(defaultPorts).map((name) => [name, 0])) as Record<PortName, number>;

let folder: string;
let path: string;
const open: (Server | ReservedPorts)[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'signalbox-ports-'));
  path = join(folder, 'ports.json');
});
afterEach(async () => {
  for (const one of open.splice(0))
    await ('releaseAll' in one ? one.releaseAll() : new Promise((done) => one.close(done)));
  rmSync(folder, { recursive: true, force: true });
});

async function listen(port: number): Promise<number> {
  const server = createServer();
  open.push(server);
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve));
  return (server.address() as { port: number }).port;
}

async function reserve(demanded: { [Name in PortName]?: number | undefined }): Promise<ReservedPorts> {
  const reserved = await reservePorts(path, demanded);
  open.push(reserved);
  return reserved;
}

describe('ports', () => {
  it('are chosen once, kept, and held until their process starts', async () => {
    const first = await reserve(anywhere);
    expect(new Set(Object.values(first.ports)).size).toBe(7);
    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual(first.ports);
    await expect(listen(first.ports.web)).rejects.toThrow('EADDRINUSE');
    await first.release('web');
    await first.release('web');
    await listen(first.ports.web);
  });

  it('stay the same at a later start', async () => {
    const first = await reserve(anywhere);
    await first.releaseAll();
    expect((await reserve(anywhere)).ports).toEqual(first.ports);
  });

  it('look further only at the first choice: a kept one that is taken is an error that names port and owner', async () => {
    const first = await reserve(anywhere);
    await first.releaseAll();
    await listen(first.ports.gateway);
    const refused = reserve({});
    await expect(refused).rejects.toThrow(`Port ${first.ports.gateway} (gateway) is taken by pid ${process.pid} (`);
    await expect(refused).rejects.toThrow('Next step:');
    // Nothing stays held after a refusal.
    await listen(first.ports.web);
  });

  it('move away from a taken default at the first choice', async () => {
    const usual = await reserve({ ...anywhere, web: undefined });
    // Whether the usual port was free or not on this machine, it is taken now.
    await usual.releaseAll();
    rmSync(path);
    await listen(defaultPorts.web).catch(() => undefined);
    const other = await reserve({ ...anywhere, web: undefined });
    expect(other.ports.web).not.toBe(defaultPorts.web);
  });

  it('that a setting demands are never moved', async () => {
    const taken = await listen(0);
    await expect(reserve({ ...anywhere, temporal: taken })).rejects.toThrow(`Port ${taken} (temporal) is taken`);
  });
});
