import type { PaletteEntry, PaletteSearch } from '#web/lib/room.ts';

const each = 5;

interface Found {
  readonly search: PaletteSearch;
  readonly entries: readonly PaletteEntry[];
}

/**
 * Looks for objects everywhere at once. What one search cannot answer, the others still do; it rejects where none
 * answers.
 */
export async function searchObjects(searches: readonly PaletteSearch[], q: string): Promise<readonly Found[]> {
  const answers = await Promise.allSettled(searches.map((search) => search.find(q, each)));
  const failed = answers.filter((answer) => answer.status === 'rejected');
  if (failed.length > 0 && failed.length === answers.length) throw failed[0]?.reason;
  return searches.map((search, at) => {
    const answer = answers[at];
    return { search, entries: answer?.status === 'fulfilled' ? answer.value : [] };
  });
}
