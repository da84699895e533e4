import { describe, expect, it } from 'vitest';
import { rowAfterKey } from './row-keys.ts';

describe('keys in a table', () => {
  it.each([
    ['j', 3, 4],
    ['ArrowDown', 3, 4],
    ['k', 3, 2],
    ['ArrowUp', 0, 0],
    ['ArrowDown', 99, 99],
    ['PageDown', 95, 99],
    ['PageUp', 5, 0],
    ['Home', 50, 0],
    ['End', 50, 99],
  ])('%s goes from row %d to row %d of a hundred', (key, from, to) => {
    expect(rowAfterKey(key, from, 100)).toBe(to);
  });

  it('that mean nothing go nowhere', () => {
    expect(rowAfterKey('x', 3, 100)).toBeUndefined();
  });

  it('go nowhere without rows', () => {
    expect(rowAfterKey('j', 0, 0)).toBeUndefined();
  });
});
