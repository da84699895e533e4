import { describe, expect, it } from 'vitest';
import { rowWindow, scrollToRow } from './row-window.ts';

const view = { rowHeight: 28, height: 560 };

describe('the rows that are drawn', () => {
  it('are all of a small tree', () => {
    expect(rowWindow({ ...view, count: 200, scrollTop: 4_000 })).toEqual({ start: 0, end: 200 });
  });

  it('are those in sight, and a few around, of a large one', () => {
    const { start, end } = rowWindow({ ...view, count: 10_000, scrollTop: 28 * 5_000 });
    expect(start).toBeLessThan(5_000);
    expect(end).toBeGreaterThanOrEqual(5_020);
    expect(end - start).toBeLessThan(60);
  });

  it('fill the sight at both ends', () => {
    expect(rowWindow({ ...view, count: 1_000, scrollTop: 0 }).start).toBe(0);
    const atEnd = rowWindow({ ...view, count: 1_000, scrollTop: 28 * 1_000 - 560 });
    expect(atEnd.end).toBe(1_000);
    expect(atEnd.start).toBeLessThanOrEqual(980);
  });

  it('survive a scroll position beyond rows that are gone', () => {
    const { start, end } = rowWindow({ ...view, count: 300, scrollTop: 28 * 9_000 });
    expect(end).toBe(300);
    expect(start).toBeLessThan(300);
  });
});

describe('bringing a row into sight', () => {
  const at = (index: number) => scrollToRow({ ...view, scrollTop: 280 }, index);

  it('scrolls no more than needed', () => {
    expect(at(10)).toBe(280);
    expect(at(29)).toBe(280);
    expect(at(9)).toBe(252);
    expect(at(30)).toBe(308);
  });
});
