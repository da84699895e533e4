import type { ApiProblem } from '#web/lib/api/problem.ts';

/** What keeps a node from being deleted: how many there are, and the first of them by name. */
export interface DeleteBlocker {
  readonly kind: 'children' | 'machines';
  readonly count: number;
  readonly names: readonly string[];
}

/** The blockers that a refusal names; undefined where it is refused for another reason. */
export function blockersOf(problem: ApiProblem): DeleteBlocker[] | undefined {
  if (problem.reason !== 'not-empty') return undefined;
  const { blockers } = problem.body;
  return Array.isArray(blockers) ? blockers.filter(isBlocker) : [];
}

function isBlocker(value: unknown): value is DeleteBlocker {
  if (typeof value !== 'object' || value === null) return false;
  const { kind, count, names } = value as Record<string, unknown>;
  return (kind === 'children' || kind === 'machines') && typeof count === 'number' && Array.isArray(names);
}
