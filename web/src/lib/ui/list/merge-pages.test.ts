import { describe, expect, it } from 'vitest';
import { appendPage, mergeRefreshed } from './merge-pages.ts';

const idOf = (row: { id: string }) => row.id;
const rows = (ids: string, version = 1) => Array.from(ids, (id) => ({ id, version }));
const ids = (list: readonly { id: string }[]) => list.map(idOf).join('');

describe('a further page', () => {
  it('goes to the end', () => {
    expect(ids(appendPage(rows('abc'), rows('de'), idOf))).toBe('abcde');
  });

  it('brings no row twice, though rows moved onto it meanwhile', () => {
    expect(ids(appendPage(rows('abc'), rows('cde'), idOf))).toBe('abcde');
  });
});

describe('a refresh of the first rows', () => {
  it('keeps what lies behind them', () => {
    const merged = mergeRefreshed(rows('abcdef'), rows('abc', 2), idOf);
    expect(ids(merged)).toBe('abcdef');
    expect(merged.map((row) => row.version)).toEqual([2, 2, 2, 1, 1, 1]);
  });

  it('takes new rows in and shows none twice', () => {
    expect(ids(mergeRefreshed(rows('abcdef'), rows('xab', 2), idOf))).toBe('xabcdef');
  });

  it('drops rows that are gone from among them', () => {
    expect(ids(mergeRefreshed(rows('abcdef'), rows('acd', 2), idOf))).toBe('acdef');
  });

  it('of which nothing was known replaces as many', () => {
    expect(ids(mergeRefreshed(rows('abcdef'), rows('xyz', 2), idOf))).toBe('xyzdef');
  });
});
