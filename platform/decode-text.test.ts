import { describe, expect, it } from 'vitest';
import { hasByteOrderMark } from '#domain/byte-order-mark.ts';
import { decodeText } from './decode-text.ts';

const bytes = (...values: number[]) => Uint8Array.from(values);

describe('bytes become text', () => {
  it.each(['', 'echo ä €\r\n', '中文 🙂', 'e\u0301', 'a\0b', '\uFFFD'])('to the letter: %j', (text) => {
    expect(decodeText(Buffer.from(text, 'utf8'))).toBe(text);
  });

  it.each([
    ['Latin-1', bytes(0x65, 0xe9)],
    ['a cut character', bytes(0xe2, 0x82)],
    ['an overlong form', bytes(0xc0, 0xaf)],
    ['half of a surrogate pair', bytes(0xed, 0xa0, 0x80)],
    ['beyond Unicode', bytes(0xf4, 0x90, 0x80, 0x80)],
    ['UTF-16 with its mark', bytes(0xff, 0xfe, 0x61, 0x00)],
  ])('never of %s', (_, wrong) => {
    expect(decodeText(wrong)).toBeUndefined();
  });

  it('without the one byte order mark that they begin with', () => {
    expect(decodeText(Buffer.from('\uFEFF#!/bin/sh', 'utf8'))).toBe('#!/bin/sh');
    expect(decodeText(Buffer.from('a\uFEFFb', 'utf8'))).toBe('a\uFEFFb');
    expect(hasByteOrderMark(decodeText(Buffer.from('\uFEFF\uFEFFx', 'utf8')) ?? '')).toBe(true);
  });
});
