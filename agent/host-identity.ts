import { randomUUID } from 'node:crypto';
import { hostname, networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { readIfPresent, writeDurably } from './durable-file.ts';

/** Who this host says it is. `identity` is made once and kept in a file, so it outlives a change of the host name. */
export interface HostIdentity {
  readonly identity: string;
  readonly hostname: string;
  /** First address that is not loopback (IPv4 first), for people to recognise the host. */
  readonly address: string;
}

export async function readHostIdentity(dataFolder: string): Promise<HostIdentity> {
  const file = join(dataFolder, 'identity');
  let identity = (await readIfPresent(file))?.toString('utf8').trim();
  if (identity === undefined || identity === '') {
    identity = randomUUID();
    await writeDurably(file, `${identity}\n`, 0o644);
  }
  return { identity, hostname: hostname(), address: mainAddress() };
}

function mainAddress(): string {
  const outside = Object.values(networkInterfaces())
    .flatMap((entries) => entries ?? [])
    .filter((entry) => !entry.internal);
  const chosen = outside.find((entry) => entry.family === 'IPv4') ?? outside[0];
  return chosen?.address ?? '127.0.0.1';
}
