import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from './canonical-json.ts';

describe('canonicalJson', () => {
  it('is JSON of the same value, whatever the order of the names', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
        const shuffled = Object.fromEntries(Object.entries(value).toReversed());
        const text = canonicalJson(value);
        expect(canonicalJson(shuffled)).toBe(text);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it('leaves out what is undefined and has no spaces', () => {
    expect(canonicalJson({ b: [1, undefined, 'x'], a: undefined, c: { z: 1, y: null } })).toBe(
      '{"b":[1,null,"x"],"c":{"y":null,"z":1}}',
    );
  });
});
