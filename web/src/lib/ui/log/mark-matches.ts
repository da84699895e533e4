const highlightName = 'signalbox-log-match';

/**
 * Marks the words wherever they are seen below `root`, where the browser can mark text without changing the page
 * (elsewhere the line of the match is marked only).
 */
export function markMatches(root: HTMLElement, words: string): void {
  if (!('highlights' in CSS)) return;
  const wanted = words.toLowerCase();
  if (wanted === '') {
    CSS.highlights.delete(highlightName);
    return;
  }
  const ranges: Range[] = [];
  for (const line of root.querySelectorAll('[data-log-text]')) {
    const texts = document.createTreeWalker(line, NodeFilter.SHOW_TEXT);
    for (let node = texts.nextNode(); node !== null; node = texts.nextNode()) {
      const text = (node.nodeValue ?? '').toLowerCase();
      for (let at = text.indexOf(wanted); at !== -1; at = text.indexOf(wanted, at + wanted.length)) {
        if (at + wanted.length > (node.nodeValue ?? '').length) break;
        const range = new Range();
        range.setStart(node, at);
        range.setEnd(node, at + wanted.length);
        ranges.push(range);
      }
    }
  }
  CSS.highlights.set(highlightName, new Highlight(...ranges));
}
