import { describe, expect, it } from 'vitest';
import { isName, nameKey, nameSchema } from './name-rule.ts';

describe('the key of a name', () => {
  it.each([
    ['Infra-01', 'infra-01'],
    ['\u00c4rger', 'A\u0308RGER'],
    ['Stra\u00dfe', 'STRASSE'],
    ['\u039f\u0394\u039f\u03a3', '\u03bf\u03b4\u03bf\u03c2'],
    ['\u03bf\u03b4\u03bf\u03c3', '\u03bf\u03b4\u03bf\u03c2'],
    ['\ud55c\uae00', '\u1112\u1161\u11ab\u1100\u1173\u11af'],
    ['5 \u212a', '5 k'],
    ['\u0130', 'i\u0307'],
    ['数据库', '数据库'],
  ])('is one for %s and %s', (one, other) => {
    expect(nameKey(one)).toBe(nameKey(other));
  });

  it.each([
    ['web-1', 'web_1'],
    ['a', 'ä'],
    ['が', 'か'],
    ['กา', 'ก้า'],
    ['कि', 'की'],
  ])('is not one for %s and %s', (one, other) => {
    expect(nameKey(one)).not.toBe(nameKey(other));
  });

  it('is the same for both cases and all forms of every letter, and for the key itself', () => {
    const wrong: string[] = [];
    for (let code = 0; code <= 0x10ffff; code += 1) {
      if (code >= 0xd800 && code <= 0xdfff) continue;
      const letter = String.fromCodePoint(code);
      if (!/[\p{L}\p{M}\p{N}]/u.test(letter)) continue;
      const key = nameKey(`a${letter}b`);
      for (const form of ['NFC', 'NFD'] as const) {
        for (const like of [letter, letter.toUpperCase(), letter.toLowerCase()]) {
          if (nameKey(`A${like.normalize(form)}b`) !== key) wrong.push(`U+${code.toString(16)} ${form}`);
        }
      }
      if (nameKey(key) !== key) wrong.push(`U+${code.toString(16)} again`);
    }
    expect([...new Set(wrong)]).toEqual([]);
  });
});

describe('a name', () => {
  it.each(['a', 'prod-01', 'a_b', '数据库', 'Ärger', 'สวัสดี', 'ก้า', 'हिन्दी', 'क्षेत्र', 'தமிழ்', 'עִבְרִית', 'x'.repeat(63)])(
    'may be %s',
    (name) => {
      expect(nameSchema('-_').parse(name)).toBe(name.normalize('NFC'));
    },
  );

  it.each([
    ...['', '-a', '_a', ' a', 'a b', 'a/b', 'a\0', 'x'.repeat(64), 'a😀', '~1'],
    // A mark of nothing, and what nobody sees.
    ...['\u0301a', 'a\u200d', 'a\u200b', 'a\ufe0f', 'a\u034f', '\u3164', 'a\u115f', '\ufeffa', 'a\u202eb', 'a\u00ad'],
  ])('may not be %j', (name) => {
    expect(isName(name, '-_')).toBe(false);
    expect(isName(name, '.-_')).toBe(false);
  });

  it('has dots only where it is no part of a path', () => {
    expect([isName('a.b', '-_'), isName('a.b', '.-_')]).toEqual([false, true]);
  });

  it('is kept in one form, and is as long as that', () => {
    expect(nameSchema('-_').parse('A\u0308rger')).toBe('\u00c4rger');
    expect(nameSchema('-_').safeParse('A\u0308'.repeat(63)).success).toBe(true);
    expect(nameSchema('-_').safeParse('a b').error?.issues).toMatchObject([
      { params: { reason: { code: 'not-a-name', params: { signs: '- _' } } } },
    ]);
  });
});
