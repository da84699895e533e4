import { type Agent as HttpAgent } from 'node:http';
import { type Agent as HttpsAgent } from 'node:https';
import { BlockList, isIP } from 'node:net';
import { RequestFilteringHttpAgent, RequestFilteringHttpsAgent } from 'request-filtering-agent';
import { because, type Reason } from '#domain/reasons.ts';

/** Where clouds tell their machines' secrets; nobody's receiver is there, so these are refused in any case. */
const metadataAddresses = [
  '169.254.169.254',
  '100.100.100.200',
  '::ffff:a9fe:a9fe',
  '::ffff:6464:64c8',
  'fd00:ec2::254',
];

/**
 * Agents for requests to addresses that people gave us. Private, loopback, link-local and reserved addresses are refused
 * when the connection is made, whatever name led there and however its DNS answer changes (no rebinding).
 */
export function guardedAgents(options: { allowPrivate: boolean }): { http: HttpAgent; https: HttpsAgent } {
  const filter = {
    keepAlive: false,
    allowPrivateIPAddress: options.allowPrivate,
    denyIPAddressList: metadataAddresses,
  };
  return { http: new RequestFilteringHttpAgent(filter), https: new RequestFilteringHttpsAgent(filter) };
}

/** Whether a request failed because its agent refused the address. */
export function isRefusedAddress(error: unknown): boolean {
  return error instanceof Error && /^DNS lookup .* is not allowed\b/.test(error.message);
}

const ipv4Special = [
  ...['0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12', '192.0.0.0/24'],
  ...['192.0.2.0/24', '192.88.99.0/24', '192.168.0.0/16', '198.18.0.0/15', '198.51.100.0/24', '203.0.113.0/24'],
  ...['224.0.0.0/4', '240.0.0.0/4'],
];
const ipv6Special = [
  ...['::/128', '::1/128', '64:ff9b::/96', '64:ff9b:1::/48', '100::/64', '2001::/23', '2001:db8::/32', '2002::/16'],
  ...['fc00::/7', 'fe80::/10', 'fec0::/10', 'ff00::/8'],
];
const special = new BlockList();
for (const [ranges, family] of [[ipv4Special, 'ipv4'] as const, [ipv6Special, 'ipv6'] as const]) {
  for (const range of ranges) {
    const [network = '', bits] = range.split('/');
    special.addSubnet(network, Number(bits), family);
  }
}

/**
 * What is wrong with an address that somebody wants us to send to, as far as its text tells; undefined: nothing. Only a
 * courtesy to whoever types it: what counts is what `guardedAgents` refuse.
 */
export function addressFault(address: string, options: { allowPrivate: boolean }): Reason | undefined {
  if (!URL.canParse(address)) return because('not-an-address');
  const { protocol, hostname, username, password } = new URL(address);
  if (protocol !== 'http:' && protocol !== 'https:') return because('not-http');
  if (username !== '' || password !== '') return because('address-with-password');
  const host = hostname.replace(/^\[|\]$/g, '');
  if (metadataAddresses.includes(host)) return because('metadata-address', { host });
  if (options.allowPrivate) return undefined;
  const fault = because('private-address', { host });
  const family = isIP(host);
  if (family === 0) return /(^|\.)localhost\.?$/.test(host) ? fault : undefined;
  if (host.startsWith('::ffff:')) return fault;
  return special.check(host, family === 4 ? 'ipv4' : 'ipv6') ? fault : undefined;
}
