import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createEventParser } from './events.ts';

const stream =
  ': hello\n\nid: 7\nevent: change\ndata: {"a":1}\n\ndata: one\r\ndata: two\r\n\r\nid: 9\nretry: 10\n\nevent: reset\ndata\n\ndata: cut off';
const events = [
  { id: '7', event: 'change', data: '{"a":1}' },
  { id: '7', event: 'message', data: 'one\ntwo' },
  { id: '9', event: 'id', data: '' },
  { id: '9', event: 'reset', data: '' },
];

describe('event parser', () => {
  it('reads whole events and keeps the last id', () => {
    expect(createEventParser()(stream)).toEqual(events);
  });

  it('reads the same however the stream is cut into pieces', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1 }), (sizes) => {
        const parse = createEventParser();
        const read = [];
        let at = 0;
        for (let n = 0; at < stream.length; n += 1) {
          const size = sizes[n % sizes.length] ?? 1;
          read.push(...parse(stream.slice(at, at + size)));
          at += size;
        }
        expect(read).toEqual(events);
      }),
    );
  });
});
