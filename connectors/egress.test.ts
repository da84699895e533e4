import { request } from 'node:http';
import { describe, expect, it } from 'vitest';
import { addressFault, guardedAgents, isRefusedAddress } from './egress.ts';

const refused = [
  ...['127.0.0.1', '127.9.9.9', '10.1.2.3', '172.16.0.1', '172.31.255.255', '192.168.1.1', '169.254.169.254'],
  ...['0.0.0.0', '100.64.0.1', '224.0.0.1', '255.255.255.255', '198.18.0.1', '192.0.0.8'],
  ...['2130706433', '0x7f.1', '0177.0.0.1', '127.1'],
  ...['[::1]', '[::]', '[fe80::1]', '[fd00:ec2::254]', '[fc00::1]', '[ff02::1]', '[::ffff:127.0.0.1]'],
  ...['[::ffff:a00:1]', '[64:ff9b::7f00:1]', '[2002:7f00:1::]', '[2001:db8::1]'],
];

/** How a request ended that never gets as far as a connection. */
function dial(host: string, allowPrivate: boolean): Promise<unknown> {
  const { http } = guardedAgents({ allowPrivate });
  return new Promise((resolve) => {
    request(`http://${host}:9/`, { agent: http, timeout: 1 }, () => resolve('answered')).on('error', resolve);
  });
}

describe('addresses that are not public', () => {
  it.each(refused)('%s is refused when it is typed and when it is dialled', async (host) => {
    expect(addressFault(`http://${host}:8080/hook`, { allowPrivate: false })?.code).toMatch(/private|metadata/);
    expect(isRefusedAddress(await dial(host, false))).toBe(true);
  });

  it.each(['1.1.1.1', '93.184.216.34', '172.32.0.1', '[2606:4700::1111]', 'example.com', 'localhost.example.com'])(
    '%s is not refused when it is typed',
    (host) => expect(addressFault(`https://${host}/`, { allowPrivate: false })).toBeUndefined(),
  );

  it('are allowed where the setting says so, but for those where clouds keep secrets', async () => {
    expect(addressFault('http://127.0.0.1/', { allowPrivate: true })).toBeUndefined();
    expect(isRefusedAddress(await dial('127.0.0.1', true))).toBe(false);
    for (const host of ['169.254.169.254', '[::ffff:169.254.169.254]', '[fd00:ec2::254]']) {
      expect(addressFault(`http://${host}/latest`, { allowPrivate: true })?.code).toBe('metadata-address');
      expect(isRefusedAddress(await dial(host, true))).toBe(true);
    }
  });

  it.each([
    ['ftp://example.com/', 'not-http'],
    ['file:///etc/passwd', 'not-http'],
    ['https://user:pass@example.com/', 'address-with-password'],
    ['http://localhost:8080/', 'private-address'],
    ['http://metadata.localhost/', 'private-address'],
    ['nonsense', 'not-an-address'],
  ])('%s is refused when it is typed', (address, why) =>
    expect(addressFault(address, { allowPrivate: false })?.code).toBe(why),
  );
});
