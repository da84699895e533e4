import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createMasker } from './masker.ts';
import { needlesOf } from './spellings.ts';

const mask = (value: string, text: string) => createMasker(needlesOf([value])).mask(text);
const value = `p4ss"w$rd'<&>/é \\x`;

/** What a shell prints that has the value in $V. */
const printed = (shell: string, script: string, V = value) =>
  execFileSync(shell, ['-c', script], {
    env: { V, PATH: '/usr/bin:/bin', LC_ALL: 'C.UTF-8' },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });

/** Enough of a value to be known by. */
const traces = ['p4ss', 'P4SS', 'w$rd', 'w$$rd', Buffer.from('p4ss').toString('hex'), 'cDRzc'];

describe('what is masked of a value', () => {
  const forms: [string, string][] = [
    ['as it is', value],
    ['in capitals', value.toUpperCase()],
    ['in small letters', value.toLowerCase()],
    ['as JSON', JSON.stringify({ a: value })],
    ['as JSON in ASCII', JSON.stringify(value).replaceAll('é', '\\u00e9')],
    ['as JSON with escaped slashes', JSON.stringify(value).replaceAll('/', '\\/')],
    ['as a component of an address', encodeURIComponent(value)],
    ['the same in small hexadecimal', encodeURIComponent(value).replaceAll(/%../g, (c) => c.toLowerCase())],
    ['as a form', new URLSearchParams({ a: value }).toString()],
    ['with dollars doubled', value.replaceAll('$', '$$$$')],
    ['in hexadecimal', Buffer.from(value).toString('hex')],
    ['in capital hexadecimal', Buffer.from(value).toString('hex').toUpperCase()],
    ['as HTML', value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')],
    ['with colours around it', `\u001b[31m${value}\u001b[0m`],
    ...[0, 1, 2, 3].flatMap((before): [string, string][] => [
      [`in base64 behind ${before} bytes`, Buffer.from(`${'u'.repeat(before)}${value}tail`).toString('base64')],
      [`in base64url behind ${before} bytes`, Buffer.from(`${'u'.repeat(before)}${value}tail`).toString('base64url')],
    ]),
    ['by export -p of sh', printed('/bin/sh', 'export -p | grep V=')],
    ['by export -p of bash', printed('bash', 'export -p | grep V=')],
    ['by set of bash', printed('bash', 'set | grep ^V=')],
    ['by printf %q of bash', printed('bash', 'printf %q "$V"')],
    ['by set -x of bash', printed('bash', 'exec 2>&1; set -x; : "$V"')],
    ['by set -x of sh', printed('/bin/sh', 'exec 2>&1; set -x; : "$V"')],
    ['by base64(1)', printed('/bin/sh', 'printf %s "$V" | base64')],
    ['by env', printed('/bin/sh', 'env')],
  ];

  it.each(forms)('is masked %s', (_form, text) => {
    const shown = mask(value, `before ${text} after`);
    expect(shown).toContain('***');
    for (const trace of traces) expect(shown).not.toContain(trace);
  });

  it('is masked line by line, with the line breaks of base64(1), and with white space around it', () => {
    const pem = ['-----BEGIN-----', 'q7Zr0x8Kp1Wd', 'second-line-9', 'ab', ''].join('\n');
    expect(mask(pem, 'q7Zr0x8Kp1Wd\r\n> second-line-9\nab\n')).toBe('***\r\n> ***\nab\n');
    const long = Array.from({ length: 30 }, (_, n) => `chunk${n}of-the-key`).join('');
    const encoded = printed('/bin/sh', 'printf %s "$V" | base64', long);
    expect(encoded.split('\n').length).toBeGreaterThan(5);
    // Of the last line so much may be left as is too short to be told from other text.
    expect(mask(long, encoded).replaceAll(/[*\n]/g, '').length).toBeLessThan(4);
    expect(mask('padded-value\n', '<padded-value>')).toBe('<***>');
  });

  it('leaves alone what is too short to be told from other text', () => {
    expect(mask('abc', 'abc')).toBe('abc');
    expect(mask('abcd', 'abcd')).toBe('***');
    expect(mask('{\n"k": 1\n}', '{ } "k": 1')).toContain('{ }');
  });

  it('never shows a value that a random text holds', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 4 }), fc.string(), fc.string(), (secret, before, after) => {
        fc.pre(Buffer.byteLength(secret) >= 4 && secret.isWellFormed() && !'***'.includes(secret.trim()));
        const shown = mask(secret, `${before}${secret}${after}`);
        if (!`${before}***${after}`.includes(secret)) expect(shown).not.toContain(secret);
      }),
    );
  });
});
