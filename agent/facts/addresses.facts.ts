import { networkInterfaces } from 'node:os';
import type { FactCollector } from './fact-collector.ts';

/** Without loopback and the interfaces of containers, which come and go. */
export const collectAddresses: FactCollector<'addresses'> = async () => {
  const addresses = Object.entries(networkInterfaces())
    .filter(([name]) => !/^(veth|cali|lxc)/.test(name))
    .flatMap(([name, entries]) =>
      (entries ?? [])
        .filter((entry) => !entry.internal)
        .map((entry) => ({ interface: name, address: entry.address, family: entry.family, mac: entry.mac })),
    );
  const key = (entry: (typeof addresses)[number]) => `${entry.interface} ${entry.address}`;
  return Promise.resolve({ addresses: addresses.sort((a, b) => (key(a) < key(b) ? -1 : 1)).slice(0, 1024) });
};
