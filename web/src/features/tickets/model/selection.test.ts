import { describe, expect, it } from 'vitest';
import { moveSelection, selectionAfter } from './selection.ts';

const rows = ['a', 'b', 'c'].map((id) => ({ id }));

describe('the selection of a list', () => {
  it('moves by one and stays at the ends', () => {
    expect(moveSelection(rows, 'a', 1)).toBe('b');
    expect(moveSelection(rows, 'c', 1)).toBe('c');
    expect(moveSelection(rows, 'a', -1)).toBe('a');
  });

  it('begins with the first row where none, or one that is gone, is selected', () => {
    expect(moveSelection(rows, '', 1)).toBe('a');
    expect(moveSelection(rows, 'gone', -1)).toBe('a');
    expect(moveSelection([], '', 1)).toBeUndefined();
  });

  it('goes on with the one below after a decision, at the end with the one above', () => {
    expect(selectionAfter(rows, 'a')).toBe('b');
    expect(selectionAfter(rows, 'b')).toBe('c');
    expect(selectionAfter(rows, 'c')).toBe('b');
    expect(selectionAfter([{ id: 'a' }], 'a')).toBeUndefined();
    expect(selectionAfter(rows, 'gone already')).toBe('a');
  });

  it('goes on with what was below a ticket that has left the list already', () => {
    expect(selectionAfter(rows, 'gone', 'b')).toBe('b');
    expect(selectionAfter(rows, 'gone', 'gone too')).toBe('a');
    expect(selectionAfter(rows, 'a', 'c')).toBe('b');
  });
});
