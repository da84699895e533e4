import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createMasker, rendered, type Stretch } from './masker.ts';

const masker = (...needles: string[]) => createMasker(needles.map((needle) => Buffer.from(needle)));

/** What comes out of a stream that is cut into pieces at these places. */
function through(needles: string[], text: string, cuts: readonly number[]): Stretch[] {
  const stream = masker(...needles).stream();
  const bytes = Buffer.from(text);
  const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  const out = places.slice(1).flatMap((to, index) => stream.push(bytes.subarray(places[index], to)));
  return [...out, ...stream.end()];
}

/** The same, in the slowest way: byte by byte, over all needles at all places. */
function byHand(needles: string[], text: string): string {
  const covered = Array.from(text, () => false);
  for (const needle of needles) {
    for (let at = text.indexOf(needle); at >= 0; at = text.indexOf(needle, at + 1))
      covered.fill(true, at, at + needle.length);
  }
  return Array.from(text, (letter, at) => (!covered[at] ? letter : at > 0 && covered[at - 1] ? '' : '***')).join('');
}

describe('a masked stream', () => {
  // Few letters, so that needles overlap, begin like each other and stand side by side.
  const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), minLength: 2, maxLength: 6 });
  const output = fc.string({ unit: fc.constantFrom('a', 'b', 'c', '\n'), maxLength: 60 });

  it('is the same for every way to cut it into pieces, and masks every byte of every needle', () => {
    fc.assert(
      fc.property(
        fc.array(word, { minLength: 1, maxLength: 4 }),
        output,
        fc.array(fc.nat(60)),
        (needles, text, cuts) => {
          const stretches = through(needles, text, cuts);
          expect(rendered(stretches).toString()).toBe(byHand(needles, text));
          expect(stretches.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(Buffer.byteLength(text));
        },
      ),
      { numRuns: 3_000 },
    );
  });

  it('holds back no more than may become a needle', () => {
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 4 }), output, (needles, text) => {
        const one = masker(...needles);
        const given = one.stream().push(Buffer.from(text));
        const held = text.length - given.reduce((sum, { bytes }) => sum + bytes, 0);
        expect(held).toBeLessThan(Math.max(...needles.map(({ length }) => length)));
        const rest = text.slice(text.length - held);
        if (held > 0) expect(needles.some((needle) => needle.startsWith(rest))).toBe(true);
      }),
    );
  });

  it('masks what may become a needle where it goes on unseen', () => {
    const cut = (text: string) => {
      const stream = masker('password').stream();
      return rendered([...stream.push(Buffer.from(text)), ...stream.end(true)]).toString();
    };
    expect(['it is passw', 'it is password', 'it is pass it', 'p'].map(cut)).toEqual([
      'it is ***',
      'it is ***',
      'it is pass it',
      '***',
    ]);
  });

  it('lets everything through where there is no needle, and masks bytes that are no text', () => {
    expect(rendered([...createMasker([]).stream().push(Buffer.from('all'))]).toString()).toBe('all');
    const bytes = Buffer.from([0xff, 0xfe, 1, 2, 3, 0xff]);
    const stream = createMasker([Buffer.from([0xfe, 1, 2])]).stream();
    expect(rendered([...stream.push(bytes), ...stream.end()])).toEqual(Buffer.from([0xff, 0x2a, 0x2a, 0x2a, 3, 0xff]));
  });
});
