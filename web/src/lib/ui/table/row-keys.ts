const pageRows = 10;

/** The row that a key goes to from row `at` of `count`, or undefined where the key goes nowhere. */
export function rowAfterKey(key: string, at: number, count: number): number | undefined {
  const to = {
    ArrowDown: at + 1,
    j: at + 1,
    ArrowUp: at - 1,
    k: at - 1,
    PageDown: at + pageRows,
    PageUp: at - pageRows,
    Home: 0,
    End: count - 1,
  }[key];
  return to === undefined || count === 0 ? undefined : Math.min(count - 1, Math.max(0, to));
}

/** Whether keys and clicks on this element are its own, not the row's. */
export function hasOwnKeys(target: EventTarget | null, row: EventTarget | null): boolean {
  if (!(target instanceof Element) || target === row) return false;
  return target.closest('a, button, input, select, textarea, label, summary, [contenteditable="true"]') !== null;
}
