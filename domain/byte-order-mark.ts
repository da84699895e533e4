/**
 * Whether a text begins with a byte order mark. Bytes may (`decodeText` drops it: it says "this is UTF-8" and is no part
 * of the text); a text may not, for a host would take it for a part of the first word.
 */
export function hasByteOrderMark(text: string): boolean {
  return text.startsWith('\uFEFF');
}
