import { describe, expect, it } from 'vitest';
import { type ReasonCode, reasonParams } from '#domain/names.ts';
import { because, someOf } from '#domain/reasons.ts';
import { en } from './en.ts';
import { inEnglish, tellReasons } from './english.ts';
import { fillMessage } from './fill.ts';
import { spokenParams } from './spoken-params.ts';
import { zh } from './zh.ts';

const codes = Object.keys(reasonParams) as ReasonCode[];

describe('the words of reasons', () => {
  it.each([
    ['English', en],
    ['Chinese', zh],
  ])('in %s name no parameter that their reason has not', (_, words) => {
    for (const code of codes) {
      const named = [...words[code].matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      expect(Object.keys(reasonParams[code]), code).toEqual(expect.arrayContaining(named));
    }
  });

  it('in English tell every parameter: it is all that the command line and the log have', () => {
    for (const code of codes) {
      for (const name of Object.keys(reasonParams[code])) expect(en[code], code).toContain(`{${name}}`);
    }
  });

  it('tell names up to five, and count the others', () => {
    const people = someOf(['a', 'b', 'c', 'd', 'e', 'f', 'g']);
    const reason = because('approvers-gone', { people });
    expect(people).toEqual({ names: ['a', 'b', 'c', 'd', 'e'], count: 7 });
    expect(inEnglish(reason)).toBe('no longer an approver: a, b, c, d, e and 2 more');
    expect(fillMessage(zh['approvers-gone'], 'zh', spokenParams(reason, 'zh', String))).toBe(
      'a、b、c、d、e 等 7 个 已不再是审批人',
    );
  });

  it('are added to reasons in details, alone and in lists; all else stays', () => {
    const reason = because('withdrawn', { by: 'alice' });
    const toldOf = { ...reason, detail: 'Withdrawn by alice' };
    expect(tellReasons({ reason, why: [reason], state: 'withdrawn', like: { code: 'withdrawn' }, none: null })).toEqual(
      {
        reason: toldOf,
        why: [toldOf],
        state: 'withdrawn',
        like: { code: 'withdrawn' },
        none: null,
      },
    );
  });
});
