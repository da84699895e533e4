import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonFault } from './json-fault.ts';

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

describe('faults of JSON', () => {
  it('finds none in what the browser reads as JSON, however it is laid out', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.nat(4), (value, indent) => {
        expect(jsonFault(JSON.stringify(value, undefined, indent))).toBeUndefined();
      }),
    );
  });

  it('agrees with the browser on any text', () => {
    const pieces = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"a"',
      '"',
      '1',
      '-',
      '01',
      '.5',
      '1e3',
      'true',
      'nul',
      ' ',
      '\n',
      '\\',
      "'",
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 9 }), (parts) => {
        const text = parts.join('');
        expect(jsonFault(text) === undefined, text).toBe(isJson(text));
      }),
      { numRuns: 5000 },
    );
  });

  it.each([
    ['{"a": 1,}', { line: 1, column: 9, found: '}' }],
    ['{\n  "a": yes\n}', { line: 2, column: 8, found: 'yes' }],
    ['[1, 2', { line: 1, column: 6 }],
    ['', { line: 1, column: 1 }],
    ['{"a": 1} x', { line: 1, column: 10, found: 'x' }],
    ["{'a': 1}", { line: 1, column: 2, found: "'" }],
  ])('points at the first fault of %j', (text, fault) => {
    expect(jsonFault(text)).toEqual(fault);
  });
});
