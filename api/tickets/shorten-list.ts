import type { DiffSection } from '#domain/changes/change-kind.ts';

/** Lines of a list that are not shown. */
export interface LinesLeftOut {
  readonly unchanged: number;
  readonly removed: number;
  readonly added: number;
  /** Whether the lines that stay come in another order. */
  readonly reordered: boolean;
}

/** A list of more lines than this, before or after, is shown by what changed in it, at most so many lines each way. */
const mostLines = 1_000;

/**
 * A list as it is where it is short. Of a long one the lines that went and those that came, which is what somebody who
 * decides looks for; its whole is read page by page elsewhere.
 */
export function shortenList(section: DiffSection): { section: DiffSection; leftOut: LinesLeftOut | null } {
  const [before, after] = [section.before, section.after].map((text) => (text === '' ? [] : text.split('\n')));
  if (before === undefined || after === undefined || Math.max(before.length, after.length) <= mostLines) {
    return { section, leftOut: null };
  }
  const removed = without(before, after);
  const added = without(after, before);
  return {
    section: {
      ...section,
      before: removed.slice(0, mostLines).join('\n'),
      after: added.slice(0, mostLines).join('\n'),
    },
    leftOut: {
      unchanged: after.length - added.length,
      removed: Math.max(removed.length - mostLines, 0),
      added: Math.max(added.length - mostLines, 0),
      reordered: without(before, removed).join('\n') !== without(after, added).join('\n'),
    },
  };
}

/** Lines that the others have not, or have less often. */
function without(lines: readonly string[], others: readonly string[]): string[] {
  const left = new Map<string, number>();
  for (const line of others) left.set(line, (left.get(line) ?? 0) + 1);
  return lines.filter((line) => {
    const times = left.get(line) ?? 0;
    if (times > 0) left.set(line, times - 1);
    return times === 0;
  });
}
