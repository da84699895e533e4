/**
 * The text that bytes are in UTF-8, to the letter, without a byte order mark at its start; undefined for bytes that are no
 * UTF-8. Every file, standard input and body of a request becomes text here, so that nothing is replaced unseen.
 */
export function decodeText(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
