import { describe, expect, it } from 'vitest';
import type { Node } from './client.ts';
import { cursorAfterLoss } from './lost-cursor.ts';
import { flattenTree, type Level, rootLevel } from './tree-rows.ts';

function node(id: string, children = 0): Node {
  return {
    id,
    name: id,
    path: id,
    level: 0,
    isLeaf: false,
    icon: null,
    description: '',
    children,
    machines: 0,
    visible: true,
  };
}

const ready = (nodes: Node[]): Level => ({ nodes, next: null, state: 'ready' });
const roots: [string, Level] = [rootLevel, ready([node('a', 2), node('z')])];
const open = new Set(['a']);

describe('a cursor whose row is gone', () => {
  it('goes from "loading" to the first child', () => {
    const before = flattenTree(new Map([roots]), open);
    expect(before[1]).toMatchObject({ is: 'loading', level: 'a' });
    const after = flattenTree(new Map([roots, ['a', ready([node('b'), node('c')])]]), open);
    expect(cursorAfterLoss(after, { key: 'loading:a', level: 'a', index: 1 })).toBe('b');
  });

  it('goes to the parent that was closed', () => {
    const rows = flattenTree(new Map([roots, ['a', ready([node('b'), node('c')])]]), new Set());
    expect(cursorAfterLoss(rows, { key: 'c', level: 'a', index: 2 })).toBe('a');
  });

  it('goes to what follows a node that was deleted, and stays in the tree', () => {
    const rows = flattenTree(new Map([roots, ['a', ready([node('c')])]]), open);
    expect(cursorAfterLoss(rows, { key: 'b', level: 'a', index: 1 })).toBe('c');
    expect(cursorAfterLoss(rows, { key: 'zz', level: rootLevel, index: 9 })).toBe('z');
    expect(cursorAfterLoss([], { key: 'b', level: 'a', index: 1 })).toBeUndefined();
  });
});
