import { createHash } from 'node:crypto';
import type { TextMark } from '#domain/audit/text-mark.ts';

/** By which a text is known again that the audit does not hold. */
export function markOf(text: string): TextMark {
  return { bytes: Buffer.byteLength(text), sha256: createHash('sha256').update(text).digest('hex') };
}
