import { describe, expect, it } from 'vitest';
import { agentNameSchema } from './agent.ts';
import { hostWordSchema } from './host-word.ts';

describe('a word names a host', () => {
  it.each([
    'web-1',
    'WEB_1.example',
    '42',
    '10.0.0.7',
    '::1',
    'fe80::1%eth0',
    '0190f0a1-0000-7000-8000-000000000000',
    ' a ',
  ])('where it is %s', (word) => {
    expect(hostWordSchema.parse(word)).toBe(word.trim());
  });

  it.each([
    ';',
    '#',
    '[web]',
    'port=22',
    'h1;h2',
    'user@h1',
    'h1:22',
    '10.0.0.0/8',
    '-h1',
    'h*',
    'h[1:3]',
    'a b',
    '主机',
  ])('but not where it is %s, which is named', (word) => {
    const reason = { code: 'not-a-host', params: { host: word } };
    expect(hostWordSchema.safeParse(word).error?.issues).toMatchObject([{ params: { reason } }]);
  });
});

describe('the name of an agent', () => {
  it.each(['web-1', 'ip-10.0.0.7', '42', 'node.10', 'db.example', 'a'.repeat(128)])('may be %s', (name) => {
    expect(agentNameSchema.safeParse(name).success).toBe(true);
  });

  it.each(['10.0.0.7', '10.1', '0x7f.1', '010.0.0.1', '0190F0a1-0000-7000-8000-000000000000'])(
    'may not read as an address or an id: %s',
    (name) => {
      const reason = { code: 'name-reads-as-address', params: { name } };
      expect(agentNameSchema.safeParse(name).error?.issues).toMatchObject([{ params: { reason } }]);
    },
  );

  it.each(['', '-a', 'a b', '主机', 'a'.repeat(129)])('may not be %j', (name) => {
    expect(agentNameSchema.safeParse(name).success).toBe(false);
  });
});
