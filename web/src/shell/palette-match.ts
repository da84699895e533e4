import type { PaletteEntry } from '#web/lib/room.ts';

/** How well a label answers what was typed: the whole, its beginning, a word's beginning, anywhere; 0 not at all. */
function score(label: string, typed: string): number {
  const text = label.toLowerCase();
  if (text === typed) return 4;
  if (text.startsWith(typed)) return 3;
  const at = text.indexOf(typed);
  if (at < 0) return 0;
  return /[\s._/-]/.test(text[at - 1] ?? '') ? 2 : 1;
}

function wordsOf(typed: string): string[] {
  return typed.trim().toLowerCase().split(/\s+/).filter(Boolean);
}

/** Entries that somebody else found, those first whose label answers best; none is left out. */
export function rankEntries<Entry extends PaletteEntry>(entries: readonly Entry[], typed: string): Entry[] {
  const words = wordsOf(typed);
  const points = (entry: Entry) => words.reduce((total, word) => total + score(entry.label, word), 0);
  return [...entries].sort((a, b) => points(b) - points(a));
}

/** The entries that fit what was typed, best first; each word of it has to be found. All of them where nothing is typed. */
export function matchEntries<Entry extends PaletteEntry>(entries: readonly Entry[], typed: string): Entry[] {
  const words = wordsOf(typed);
  return rankEntries(
    entries.filter((entry) => words.every((word) => score(entry.label, word) > 0)),
    typed,
  );
}

const kept = 8;

/** Recent entries with a new one in front, each once. */
export function withRecent(recents: readonly PaletteEntry[], entry: PaletteEntry): PaletteEntry[] {
  return [entry, ...recents.filter((other) => other.id !== entry.id)].slice(0, kept);
}

/** Recent entries as they were stored; what cannot be read is left out. Only addresses of this site count. */
export function parseRecents(text: string | null): PaletteEntry[] {
  try {
    const stored: unknown = JSON.parse(text ?? '[]');
    return Array.isArray(stored) ? stored.filter(isEntry).slice(0, kept) : [];
  } catch {
    return [];
  }
}

function isEntry(value: unknown): value is PaletteEntry {
  if (typeof value !== 'object' || value === null) return false;
  const { id, label, href, detail } = value as Record<keyof PaletteEntry, unknown>;
  if (typeof id !== 'string' || typeof label !== 'string' || typeof href !== 'string') return false;
  return /^\/(?![/\\])/.test(href) && (detail === undefined || typeof detail === 'string');
}
