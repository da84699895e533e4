import { isHostWord } from '#domain/agents/host-word.ts';
import { nameKey } from '#domain/name-rule.ts';

/** Hosts as people paste them. */
export interface PastedHosts {
  /** In the order of their first mention. */
  readonly hosts: readonly string[];
  /** Those that were mentioned again; each is in `hosts` once. */
  readonly duplicates: readonly string[];
  /** Words that name no host, as lists of other programs have them (`port=22`), and lines that these have as comments (`; h4`). */
  readonly odd: readonly string[];
}

/**
 * Reads names and addresses, apart by lines, commas, semicolons or spaces; what follows a `#` is a comment. Names with
 * one key are one host.
 */
export function parsePastedHosts(text: string): PastedHosts {
  const hosts = new Map<string, string>();
  const duplicates = new Map<string, string>();
  const odd = new Set<string>();
  for (const line of text.split(/\r\n|\r|\n/)) {
    if (/^\s*[;；]/.test(line)) {
      odd.add(line.trim());
      continue;
    }
    for (const word of line.replace(/#.*/, '').split(/[\s,;，；、]+/)) {
      if (word === '') continue;
      if (!isHostWord(word)) {
        odd.add(word);
        continue;
      }
      const key = nameKey(word);
      const first = hosts.get(key);
      if (first === undefined) hosts.set(key, word);
      else duplicates.set(key, first);
    }
  }
  return { hosts: [...hosts.values()], duplicates: [...duplicates.values()], odd: [...odd] };
}
