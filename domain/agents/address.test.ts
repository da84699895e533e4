import { isIP } from 'node:net';
import { describe, expect, it } from 'vitest';
import { canonicalAddress, readsAsAddress } from './address.ts';

describe('an address', () => {
  it.each([
    ['10.0.0.7', '10.0.0.7'],
    ['::', '::'],
    ['::1', '::1'],
    ['0:0:0:0:0:0:0:1', '::1'],
    ['2001:DB8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['2001:0db8:0000:0000:0000:0000:0000:0000', '2001:db8::'],
    ['fe80::1%eth0', 'fe80::1%eth0'],
    ['::ffff:10.0.0.7', '10.0.0.7'],
    ['::FFFF:0a00:0007', '10.0.0.7'],
    ['64:ff9b::192.0.2.1', '64:ff9b::c000:201'],
  ])('%s is written %s', (text, canonical) => {
    expect(canonicalAddress(text)).toBe(canonical);
  });

  it.each([
    '',
    'web-1',
    '10.0.0',
    '10.0.0.256',
    '10.0.0.07',
    ':',
    ':::',
    '1::2::3',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
  ])('is not %j', (text) => {
    expect(canonicalAddress(text)).toBeUndefined();
  });

  it.each([
    '1:2:3:4:5:6:7:8::',
    'g::1',
    '12345::',
    '::1.2.3',
    '1.2.3.4::',
    'fe80::1%',
    'fe80::1%a%b',
    '::1 ',
    '10.0.0.7:22',
  ])('is not %j', (text) => {
    expect(canonicalAddress(text)).toBeUndefined();
  });

  it('is what Node takes for one, however it is written', () => {
    const parts = ['', '0', '1', 'ffff', 'a:b', '::', ':', '1.2.3.4', '0:0'];
    for (const one of parts)
      for (const two of parts)
        for (const three of parts) {
          const text = [one, two, three].join(':');
          expect([text, canonicalAddress(text) !== undefined]).toEqual([text, isIP(text) !== 0]);
          const canonical = canonicalAddress(text);
          if (canonical !== undefined) expect(canonicalAddress(canonical)).toBe(canonical);
        }
  });
});

describe('a word', () => {
  it.each(['10.0.0.7', '10.0.0.300', '010.0.0.1', '10.1', '127.0.1', '0x7f.1', '::1', 'fe80::1%eth0'])(
    'reads as an address: %s',
    (word) => {
      expect(readsAsAddress(word)).toBe(true);
    },
  );

  it.each(['web-1', '42', '10-0-0-7', 'ip-10.0.0.7', '10.0.0.7.example', '1.2.3.4.5', 'v1.2', 'node.10', 'deadbeef'])(
    'reads as a name: %s',
    (word) => {
      expect(readsAsAddress(word)).toBe(false);
    },
  );
});
