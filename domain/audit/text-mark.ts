/** What the audit keeps of a text that may hold anything: its length in UTF-8, and its SHA-256 in hexadecimal. */
export interface TextMark {
  readonly bytes: number;
  readonly sha256: string;
}
