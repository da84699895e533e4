import { createHash } from 'node:crypto';
import { canonicalJson } from '#domain/audit/canonical-json.ts';
import type { ChangeContent } from '#domain/changes/change-kind.ts';

/** SHA-256 (hex) of a value, the same for every order of names. */
export function digestOf(value: unknown): string {
  return createHash('sha256').update(canonicalJson(value)).digest('hex');
}

/**
 * What an approval is bound to: SHA-256 over the canonical JSON of the whole content (kind, meaning, payload, targets in
 * their order with their identity, what it was based on, run time) and of the secrets it uses, of which there are none yet.
 */
export function contentHash(content: ChangeContent): string {
  return digestOf({ ...content, secrets: [] });
}
