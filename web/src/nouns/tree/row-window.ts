/** Up to so many rows all are drawn; from there on only those in sight. */
export const drawAllRows = 200;

/** Rows drawn above and below what is in sight. */
const overscan = 12;

/** Which rows to draw: `start` up to, not including, `end`. */
export function rowWindow(view: {
  readonly count: number;
  readonly rowHeight: number;
  readonly scrollTop: number;
  readonly height: number;
}): { start: number; end: number } {
  if (view.count <= drawAllRows) return { start: 0, end: view.count };
  const first = Math.floor(view.scrollTop / view.rowHeight) - overscan;
  const shown = Math.ceil(view.height / view.rowHeight) + 2 * overscan;
  const start = Math.min(Math.max(0, first), Math.max(0, view.count - shown));
  return { start, end: Math.min(view.count, start + shown) };
}

/** Where to scroll so that a row is in sight; unchanged where it is. */
export function scrollToRow(
  view: { readonly rowHeight: number; readonly scrollTop: number; readonly height: number },
  index: number,
): number {
  const top = index * view.rowHeight;
  if (top < view.scrollTop) return top;
  const bottom = top + view.rowHeight - view.height;
  return bottom > view.scrollTop ? bottom : view.scrollTop;
}
