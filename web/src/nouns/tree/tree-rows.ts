import type { Node } from './client.ts';
import type { ApiProblem } from '#web/lib/api/problem.ts';

/** The children of one node, as far as they are loaded; the roots are the children of `rootLevel`. */
export interface Level {
  readonly nodes: readonly Node[];
  /** Cursor of what is not loaded yet; null: nothing is left. */
  readonly next: string | null;
  readonly state: 'loading' | 'ready' | 'failed';
  readonly problem?: ApiProblem;
}

/** Key of the level that holds the roots. */
export const rootLevel = '';

interface RowPlace {
  readonly key: string;
  /** 0 for a root. */
  readonly depth: number;
  /** For each level above, from the root on, whether its line goes on below this row. */
  readonly lines: readonly boolean[];
  /** Nothing of its own level comes after it. */
  readonly last: boolean;
}

export interface NodeRow extends RowPlace {
  readonly is: 'node';
  readonly node: Node;
  /** Key of the level that it is on: its parent's id. */
  readonly level: string;
  readonly expandable: boolean;
  readonly expanded: boolean;
  readonly position: number;
  /** How many there are on its level; -1 while that is unknown. */
  readonly setSize: number;
}

/** Stands for children that are not there: still to load, loading, or failed to. */
export interface RestRow extends RowPlace {
  readonly is: 'more' | 'loading' | 'failed';
  readonly level: string;
}

export type TreeRow = NodeRow | RestRow;

/** Whether a node can be opened to show children. Of a bare name the children are not told, but it leads to some. */
export function isExpandable(node: Node): boolean {
  return node.children > 0 || !node.visible;
}

/** The rows to show, top to bottom, of what is loaded and expanded. */
export function flattenTree(levels: ReadonlyMap<string, Level>, expanded: ReadonlySet<string>): TreeRow[] {
  const rows: TreeRow[] = [];
  const walk = (key: string, depth: number, lines: readonly boolean[]): void => {
    const level = levels.get(key) ?? { nodes: [], next: null, state: 'loading' as const };
    const rest = restOf(level);
    for (const [index, node] of level.nodes.entries()) {
      const last = index === level.nodes.length - 1 && rest === undefined;
      const expandable = isExpandable(node);
      const open = expandable && expanded.has(node.id);
      rows.push({
        is: 'node',
        key: node.id,
        node,
        level: key,
        depth,
        lines,
        last,
        expandable,
        expanded: open,
        position: index + 1,
        setSize: level.next === null ? level.nodes.length : -1,
      });
      if (open) walk(node.id, depth + 1, depth === 0 ? [] : [...lines, !last]);
    }
    if (rest !== undefined) rows.push({ is: rest, key: `${rest}:${key}`, level: key, depth, lines, last: true });
  };
  walk(rootLevel, 0, []);
  return rows;
}

function restOf(level: Level): RestRow['is'] | undefined {
  if (level.state === 'failed') return 'failed';
  if (level.state === 'loading' && (level.nodes.length === 0 || level.next !== null)) return 'loading';
  return level.next === null ? undefined : 'more';
}
